/**
 * Answers that need no call: the same question, asked again or at the same time, is paid for once.
 * READ {@code AnswerCache} FIRST. Promises that nothing crosses the configured scope, and that
 * whatever fails here is a miss.
 */
@NullMarked
package dev.sluice.api.cache;

import org.jspecify.annotations.NullMarked;
