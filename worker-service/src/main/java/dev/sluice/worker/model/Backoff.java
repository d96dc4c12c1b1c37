package dev.sluice.worker.model;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: 1, 2, 4, 8, 16 s and up to a quarter more, so that
 * requests that failed together do not come back together; never less than the provider asked for.
 */
final class Backoff {
  private static final int MAX_DOUBLINGS = 4;
  private static final double JITTER = 0.25;

  private final Duration first;
  private final RandomGenerator random;

  Backoff(Duration first, RandomGenerator random) {
    this.first = first;
    this.random = random;
  }

  /**
   * @param attempt number of the attempt that failed, from 1
   */
  Duration after(int attempt, Failure failure) {
    long base = first.toNanos() << Math.min(attempt - 1, MAX_DOUBLINGS);
    var wait = Duration.ofNanos(base + (long) (base * JITTER * random.nextDouble()));
    return wait.compareTo(failure.notBefore()) > 0 ? wait : failure.notBefore();
  }
}
