/**
 * Records on the topics and their one codec. A version that this build does not know is refused; a
 * field that it does not know is kept. Pure values, usable from any thread.
 */
@NullMarked
package dev.sluice.common.message;

import org.jspecify.annotations.NullMarked;
