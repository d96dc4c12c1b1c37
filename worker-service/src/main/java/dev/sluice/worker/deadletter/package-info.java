/**
 * Sets aside what no worker may try again, and puts back on its lane what operators redrive.
 * Promises that nothing is set aside unless Kafka has it safe, and that of several decisions on one
 * letter the first is carried out. Whoever sets aside waits on its own thread; redrives have a
 * listener's.
 */
@NullMarked
package dev.sluice.worker.deadletter;

import org.jspecify.annotations.NullMarked;
