/**
 * From the home partition to the right listener: every event once, in order, none of a former
 * owner's. One platform thread owns the consumer; listeners must not block it.
 */
@NullMarked
package dev.sluice.api.replies;

import org.jspecify.annotations.NullMarked;
