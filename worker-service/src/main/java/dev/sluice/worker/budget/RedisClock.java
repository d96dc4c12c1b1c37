package dev.sluice.worker.budget;

import java.util.function.LongSupplier;

/**
 * Redis's time, as this worker reckons it between exchanges: an offset to the monotonic clock,
 * learnt from each answer as NTP does (RFC 5905 §8). Workers' wall clocks play no part. Confined to
 * one thread.
 */
final class RedisClock {
  // An answer is trusted to half its round trip; beyond that by this much, Redis's clock has moved.
  private static final long STEP_NANOS = 50_000_000L;
  // How fast trust in an old sample fades: clocks drift apart by less than 1 ms in 10 s.
  private static final double FADE_PER_NANO = 1e-4;

  private final LongSupplier nanoTime;
  private long offset;
  private long error; // of the offset, ns, when it was learnt
  private long learntAt;
  private boolean known;

  RedisClock(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  boolean isKnown() {
    return known;
  }

  /**
   * ns since the epoch, as Redis counts them.
   *
   * @param local a moment of this worker's own monotonic clock, ns
   */
  long at(long local) {
    return local + offset;
  }

  /**
   * @param sentAt monotonic time before the exchange, ns
   * @param redisNanos what Redis's clock said in between
   */
  void learn(long sentAt, long redisNanos) {
    long receivedAt = nanoTime.getAsLong();
    long sample = redisNanos - (sentAt + (receivedAt - sentAt) / 2);
    long uncertainty = (receivedAt - sentAt) / 2;
    long faded = error + (long) ((receivedAt - learntAt) * FADE_PER_NANO);
    boolean stepped = Math.abs(sample - offset) > uncertainty + faded + STEP_NANOS;
    if (known && !stepped && uncertainty > faded) return;
    offset = sample;
    error = uncertainty;
    learntAt = receivedAt;
    known = true;
  }
}
