/**
 * What the provider allows a pool of models: requests a minute, tokens a minute, requests a day.
 * Pure decisions: time is an argument in nanoseconds, nothing here reads a clock or sleeps. {@link
 * dev.sluice.simulator.limit.ProviderLimits} is the door and is thread-safe; meters are guarded by
 * their pool's lock.
 */
@NullMarked
package dev.sluice.simulator.limit;

import org.jspecify.annotations.NullMarked;
