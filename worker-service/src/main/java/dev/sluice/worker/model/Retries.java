package dev.sluice.worker.model;

import java.time.Duration;
import java.util.Optional;

/** Whether a failed attempt is followed by another, and when. Thread-safe. */
public final class Retries {
  private final int maxAttempts;
  private final Backoff backoff;
  private final RetryBudget budget;

  Retries(int maxAttempts, Backoff backoff, RetryBudget budget) {
    this.maxAttempts = maxAttempts;
    this.backoff = backoff;
    this.budget = budget;
  }

  /** A request has been called for the first time. */
  public void called() {
    budget.called();
  }

  /** Whether a request that was refused as it was may be called once more in another shape. */
  public boolean mayCallChanged(int attempt, Duration left) {
    return attempt < maxAttempts && left.isPositive() && budget.mayRetry();
  }

  /**
   * Whether a request has failed for good by its number of attempts alone: another might succeed.
   *
   * @param attempt number of the attempt that failed, from 1
   */
  public boolean areSpent(int attempt, Failure failure) {
    return failure.retryable() && attempt >= maxAttempts;
  }

  /**
   * How long to wait before the next attempt; empty if there is none: the failure would repeat, the
   * request has had its attempts or would be too late, or too much of the traffic is retries
   * already.
   *
   * @param attempt number of the attempt that failed, from 1
   * @param left until the request's deadline
   */
  public Optional<Duration> after(int attempt, Failure failure, Duration left) {
    if (!failure.retryable() || attempt >= maxAttempts) return Optional.empty();
    var wait = backoff.after(attempt, failure);
    if (wait.compareTo(left) >= 0) return Optional.empty();
    // After a rate limit the pool's own pace holds the traffic down, and nothing has failed
    boolean paced = failure.reaction() != Failure.Reaction.RETRY;
    return paced || budget.mayRetry() ? Optional.of(wait) : Optional.empty();
  }
}
