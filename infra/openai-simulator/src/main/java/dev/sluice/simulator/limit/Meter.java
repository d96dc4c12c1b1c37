package dev.sluice.simulator.limit;

/**
 * One bandwidth being used up. All times are nanoseconds of one ticker and must not go backwards.
 * Not thread-safe: the pool's lock guards it.
 */
interface Meter {
  /** The most that may ever be asked for at once. */
  long limit();

  /** What is used now, rounded up to whole units. */
  long used(long now);

  /** What could be taken now in one piece. */
  long remaining(long now);

  /** Nanoseconds until {@code amount} (at most the limit) fits; 0 if it fits now. */
  long waitFor(long amount, long now);

  /** Takes the amount. The caller has checked that it fits. */
  Charge charge(long amount, long now);

  /** Gives part of a charge back, as if it had never been taken. */
  void refund(Charge charge, long amount, long now);

  /** Nanoseconds until nothing is used any more: what the reset headers say. */
  long untilFull(long now);
}
