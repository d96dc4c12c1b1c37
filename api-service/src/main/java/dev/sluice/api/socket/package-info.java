/**
 * One WebSocket: frames in, events out, bounded buffers. Promises that a slow or hostile client
 * costs itself only. Frames are read on the container's threads; each socket writes on one of its
 * own.
 */
@NullMarked
package dev.sluice.api.socket;

import org.jspecify.annotations.NullMarked;
