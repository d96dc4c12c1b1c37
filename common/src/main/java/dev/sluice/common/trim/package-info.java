/**
 * Leaves the oldest turns of a long conversation out, so that it fits the model: READ {@code
 * Conversation} FIRST. Promises that what the model still reads is whole (no call without its
 * output, no turn in part), in its order and as it came. Pure: nothing blocks, the caller's thread
 * runs it.
 */
@NullMarked
package dev.sluice.common.trim;

import org.jspecify.annotations.NullMarked;
