/**
 * Reads what the provider says of its own usage and costs, whether a worker has asked for it or a
 * person brings it along. Strict: what would be compared wrongly is refused with a sentence. Pure
 * values, usable from any thread.
 */
@NullMarked
package dev.sluice.common.reconciliation;

import org.jspecify.annotations.NullMarked;
