/** What is saved where questions repeat. */
@NullMarked
package dev.sluice.benchmarks.cache;

import org.jspecify.annotations.NullMarked;
