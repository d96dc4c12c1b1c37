/**
 * Faults on demand: what shall go wrong with which of the next requests. {@link
 * dev.sluice.simulator.fault.FaultPlan} is the door and is thread-safe; carrying a fault out is the
 * server's business.
 */
@NullMarked
package dev.sluice.simulator.fault;

import org.jspecify.annotations.NullMarked;
