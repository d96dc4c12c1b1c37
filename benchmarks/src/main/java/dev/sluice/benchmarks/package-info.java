/**
 * The measured claims: each benchmark runs Sluice and a baseline in the same run and says how they
 * compare. Absolute times are this machine's; the ratio is what counts.
 */
@NullMarked
package dev.sluice.benchmarks;

import org.jspecify.annotations.NullMarked;
