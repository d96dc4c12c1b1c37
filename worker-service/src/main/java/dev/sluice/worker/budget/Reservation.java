package dev.sluice.worker.budget;

import java.time.Duration;

/** What the budget says to a request for tokens. */
public sealed interface Reservation {
  /**
   * Held; the call may start after {@code startIn}. It is in the budget's debt until then, so every
   * later request waits behind it.
   *
   * @param tokens what the provider will charge, tokens
   */
  record Held(String pool, long tokens, Duration startIn) implements Reservation {}

  /** Never: more than the limit of a whole minute, so waiting would not help. */
  record TooLarge(long tokens, long limit) implements Reservation {}
}
