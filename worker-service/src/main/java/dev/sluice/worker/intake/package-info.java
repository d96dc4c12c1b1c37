/**
 * Takes requests off their lanes and completes them out of order. Promises that an offset is
 * committed only when every request below it has ended, and that one lane at its limit never stops
 * another. The consumer belongs to one platform thread.
 */
@NullMarked
package dev.sluice.worker.intake;

import org.jspecify.annotations.NullMarked;
