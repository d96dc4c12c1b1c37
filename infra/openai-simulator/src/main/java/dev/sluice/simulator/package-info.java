/**
 * A strict, deterministic simulator of OpenAI's API over HTTP: shapes, errors, limits, latency,
 * faults, and an audit of what was received. {@link dev.sluice.simulator.OpenAiSimulator} is the
 * door, {@link dev.sluice.simulator.SimulatorMain} the command; all else is for this module alone.
 * Each request runs on a virtual thread of its own.
 */
@NullMarked
package dev.sluice.simulator;

import org.jspecify.annotations.NullMarked;
