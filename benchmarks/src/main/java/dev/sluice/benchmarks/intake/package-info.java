/**
 * How many requests a worker's intake keeps running at once, and how soon it starts one, beside
 * spring-kafka's listeners on the same records.
 */
@NullMarked
package dev.sluice.benchmarks.intake;

import org.jspecify.annotations.NullMarked;
