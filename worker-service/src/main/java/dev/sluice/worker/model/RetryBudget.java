package dev.sluice.worker.model;

import java.util.function.LongSupplier;

/**
 * Keeps a storm of failures from multiplying the traffic: retries may be a tenth of the calls, and
 * one a second besides, so that a quiet worker may retry as well (the idea of Finagle's
 * RetryBudget). Thread-safe.
 */
final class RetryBudget {
  private static final double A_CALL = 0.1;
  private static final double A_NANO = 1e-9;
  private static final double MOST = 10;

  private final LongSupplier nanoTime;
  private double retries = MOST; // guarded by this
  private long at; // guarded by this

  RetryBudget(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.at = nanoTime.getAsLong();
  }

  /** A call was made that is no retry. */
  synchronized void called() {
    retries = Math.min(MOST, retries + A_CALL);
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
