/**
 * The operators' API, for the role {@code ops} alone: what the fleet does and what limits it, and
 * its controls. Every change is audited. Promises to ask Redis and Kafka no more than twice a
 * second, however many look.
 */
@NullMarked
package dev.sluice.api.ops;

import org.jspecify.annotations.NullMarked;
