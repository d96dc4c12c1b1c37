package dev.sluice.worker.control;

import java.util.Arrays;
import java.util.stream.IntStream;

/** A sum over the last seconds, up to a minute of them. Thread-safe; time is an argument, s. */
final class Window {
  private static final int SECONDS = 60;

  private final long[] sums = new long[SECONDS]; // guarded by this
  private final long[] seconds = new long[SECONDS]; // guarded by this

  Window() {
    Arrays.fill(seconds, Long.MIN_VALUE);
  }

  synchronized void add(long amount, long second) {
    int place = Math.floorMod(second, SECONDS);
    if (seconds[place] != second) sums[place] = 0;
    seconds[place] = second;
    sums[place] += amount;
  }

  /** Of the last {@code length} seconds, the one that runs included. */
  synchronized long sum(int length, long second) {
    return IntStream.range(0, SECONDS)
        .filter(place -> seconds[place] > second - length && seconds[place] <= second)
        .mapToLong(place -> sums[place])
        .sum();
  }
}
