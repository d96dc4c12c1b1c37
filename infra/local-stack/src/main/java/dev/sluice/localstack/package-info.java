/**
 * The whole of Sluice on one machine, without Docker: real Kafka, Redis and Postgres, the
 * provider's simulator, an issuer of tokens, workers and apis. It promises that data outlives the
 * stack, that no child outlives it, and that a part which dies is reported. {@link
 * dev.sluice.localstack.LocalStack} is the door; its methods and those of its parts may be called
 * from any thread.
 */
@NullMarked
package dev.sluice.localstack;

import org.jspecify.annotations.NullMarked;
