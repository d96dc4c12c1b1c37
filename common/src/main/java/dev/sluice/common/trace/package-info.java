/**
 * The way of a trace through both services and the topics between them. Promises that nothing is
 * recorded, kept or sent while tracing is off, and that no text of a user is ever in a span.
 */
@NullMarked
package dev.sluice.common.trace;

import org.jspecify.annotations.NullMarked;
