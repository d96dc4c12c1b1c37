/**
 * What a long chat costs with and without its oldest turns, and how long leaving them out takes.
 */
@NullMarked
package dev.sluice.benchmarks.trim;

import org.jspecify.annotations.NullMarked;
