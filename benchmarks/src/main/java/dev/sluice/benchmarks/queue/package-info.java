/** How true the time is that those who wait are told. */
@NullMarked
package dev.sluice.benchmarks.queue;

import org.jspecify.annotations.NullMarked;
