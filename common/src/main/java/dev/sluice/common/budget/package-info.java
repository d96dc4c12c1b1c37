/**
 * What the provider's account allows: pools of models, tiers and bandwidths, read from
 * configuration and validated once at start-up.
 */
@NullMarked
package dev.sluice.common.budget;

import org.jspecify.annotations.NullMarked;
