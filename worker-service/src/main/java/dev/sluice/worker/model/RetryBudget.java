package dev.sluice.worker.model;

import java.util.function.LongSupplier;

/**
 * Keeps a storm of failures from multiplying the traffic: further attempts may be a tenth of the
 * first ones, and one in half a minute besides, up to ten at once, so that a quiet worker may make
 * some as well (the idea of Finagle's RetryBudget). Thread-safe.
 */
final class RetryBudget {
  private static final double A_NANO = 1 / 30e9;
  private static final double MOST = 10;

  private final double share;
  private final LongSupplier nanoTime;
  private double retries = MOST; // guarded by this
  private long at; // guarded by this

  /**
   * @param share of further attempts in first ones
   */
  RetryBudget(double share, LongSupplier nanoTime) {
    this.share = share;
    this.nanoTime = nanoTime;
    this.at = nanoTime.getAsLong();
  }

  /** A call was made that is no retry. */
  synchronized void called() {
    retries = Math.min(MOST, retries + share);
  }

  /** Whether a retry may be made; if so, it is counted. */
  synchronized boolean mayRetry() {
    long now = nanoTime.getAsLong();
    retries = Math.min(MOST, retries + (now - at) * A_NANO);
    at = now;
    if (retries < 1) return false;
    retries--;
    return true;
  }
}
