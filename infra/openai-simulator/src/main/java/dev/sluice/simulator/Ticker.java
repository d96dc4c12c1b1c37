package dev.sluice.simulator;

import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The simulator's time.
 *
 * @param dates for what is shown: ids' dates, audit lines
 * @param nanos for intervals: limits and latency; never goes backwards
 */
record Ticker(InstantSource dates, LongSupplier nanos) {
  static Ticker system() {
    return new Ticker(InstantSource.system(), System::nanoTime);
  }

  long now() {
    return nanos.getAsLong();
  }
}
