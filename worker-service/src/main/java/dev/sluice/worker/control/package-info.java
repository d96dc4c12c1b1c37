/**
 * What comes from outside while requests run, cancels and operators' settings, and what operators
 * want to know of this worker. Promises that a setting is in force within a second of Kafka having
 * it. Cancels, settings and reports have a thread each.
 */
@NullMarked
package dev.sluice.worker.control;

import org.jspecify.annotations.NullMarked;
