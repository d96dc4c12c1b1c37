package dev.sluice.benchmarks;

import java.util.Arrays;
import java.util.Collection;

/** Measured durations in ms, as quantiles. */
public final class Distribution {
  private final double[] sorted;

  private Distribution(double[] sorted) {
    this.sorted = sorted;
  }

  /**
   * @param nanos measured durations, ns
   */
  public static Distribution of(Collection<Long> nanos) {
    var sorted = nanos.stream().mapToDouble(value -> value / 1e6).toArray();
    Arrays.sort(sorted);
    return new Distribution(sorted);
  }

  /** By the nearest rank; NaN if nothing was measured. */
  public double quantile(double share) {
    if (sorted.length == 0) return Double.NaN;
    int rank = (int) Math.ceil(share * sorted.length);
    return sorted[Math.clamp(rank - 1L, 0, sorted.length - 1)];
  }

  /** ms. */
  public double p50() {
    return quantile(0.50);
  }

  /** ms. */
  public double p99() {
    return quantile(0.99);
  }

  public int size() {
    return sorted.length;
  }
}
