/** Counts the tokens of a request before it is sent. Counters are immutable and thread-safe. */
@NullMarked
package dev.sluice.common.token;

import org.jspecify.annotations.NullMarked;
