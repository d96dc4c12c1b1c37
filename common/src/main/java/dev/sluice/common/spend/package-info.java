/**
 * What a user, a team or a project may spend in a day or a month, and where in Redis both services
 * keep what has been spent. Values and one script; no state of its own.
 */
@NullMarked
package dev.sluice.common.spend;

import org.jspecify.annotations.NullMarked;
