/**
 * Values that travel with a request: its id and its caller. Immutable and safe to share; nothing
 * here does I/O.
 */
@NullMarked
package dev.sluice.common.id;

import org.jspecify.annotations.NullMarked;
