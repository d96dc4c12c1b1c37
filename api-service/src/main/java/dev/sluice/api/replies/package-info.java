/**
 * From the home partition to the right listener: every event once, in order, none of a former
 * owner's. And back again from any partition, for whoever has missed some of them. Each of the two
 * consumers belongs to one platform thread; listeners must not block it.
 */
@NullMarked
package dev.sluice.api.replies;

import org.jspecify.annotations.NullMarked;
