package dev.sluice.simulator.wire;

import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

/** Ids that look random, never repeat in a run, and are the same in every run. Thread-safe. */
public final class Ids {
  private final AtomicLong drawn = new AtomicLong();

  public String next(String prefix) {
    var number = drawn.incrementAndGet();
    var hex = HexFormat.of();
    return prefix
        + hex.toHexDigits(mix(number))
        + hex.toHexDigits(mix(~number))
        + hex.toHexDigits(number, 8);
  }

  /** SplitMix64's finaliser: a bijection, so that different numbers give different ids. */
  private static long mix(long number) {
    var z = number * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
