package dev.sluice.worker.budget;

import dev.sluice.common.budget.Bandwidth;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.topic.Priority;
import org.jspecify.annotations.Nullable;

/** What the budget says to a request for tokens. */
public sealed interface Reservation {
  /**
   * Held: the call may start at {@code startAt}. It must be given back or settled, in exactly one
   * way. A worker that dies takes it along: the provider's limit was not used, nothing else is
   * lost.
   *
   * @param tokens what the provider will charge, tokens
   * @param startAt on the monotonic clock, ns
   * @param start the same in the pool's time, ns
   * @param limitedBy the bandwidth that sets the start; null if it may start at once
   * @param probe whether it tests a circuit that is open
   * @param alone whether the provider's counters will show what this call alone was charged
   */
  record Held(
      String pool,
      Priority priority,
      long tokens,
      long startAt,
      long start,
      @Nullable Bandwidth limitedBy,
      boolean probe,
      boolean alone)
      implements Reservation {}

  /** Never: more than the limit grants at all, so waiting would not help. */
  record TooLarge(long tokens, long limit) implements Reservation {}

  /** Not until an operator has acted: the account is out of credit or its key is refused. */
  record Closed(ErrorCode code) implements Reservation {}
}
