/**
 * What operators have set, the same on every instance within a moment and after a restart: read
 * from a compacted topic from its beginning on. Readers never wait; the listener's thread writes.
 */
@NullMarked
package dev.sluice.api.settings;

import org.jspecify.annotations.NullMarked;
