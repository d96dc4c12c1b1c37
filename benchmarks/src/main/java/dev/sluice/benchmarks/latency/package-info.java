/**
 * How much later the first piece of an answer comes through Sluice than straight from the provider.
 */
@NullMarked
package dev.sluice.benchmarks.latency;

import org.jspecify.annotations.NullMarked;
