/**
 * Tells clients how far their lane has got. Promises to delay nothing: what cannot be told is not
 * told; and that a count that has gone wrong is mended soon.
 */
@NullMarked
package dev.sluice.worker.lanes;

import org.jspecify.annotations.NullMarked;
