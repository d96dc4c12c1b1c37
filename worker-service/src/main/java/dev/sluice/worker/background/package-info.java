/**
 * Threads that come and go with the service: chores that come round again, and loops that read a
 * topic. What they do is other packages'; here they are started, kept going after a failure, and
 * ended without one. Each object runs one platform thread of its own.
 */
@NullMarked
package dev.sluice.worker.background;

import org.jspecify.annotations.NullMarked;
