/**
 * What lies between a provider's stream and a client's socket: each event's way through the
 * worker's relay, Kafka and the api-service's replies, beside the same streams read directly.
 */
@NullMarked
package dev.sluice.benchmarks.relay;

import org.jspecify.annotations.NullMarked;
