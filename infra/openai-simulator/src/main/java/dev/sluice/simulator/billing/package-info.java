/**
 * What the organisation has used and owes, as the provider's Usage and Costs APIs tell it: made of
 * the audit and a table of prices. Pure values, nothing here reads a clock.
 */
@NullMarked
package dev.sluice.simulator.billing;

import org.jspecify.annotations.NullMarked;
