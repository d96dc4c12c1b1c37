package dev.sluice.worker.budget;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** A bucket whose time stands still, so that a schedule can be checked to the nanosecond. */
final class VirtualBuckets implements DebtBucket {
  private final double refillPerNano;
  private final AtomicLong level;

  VirtualBuckets(long perMinute, long level) {
    this.refillPerNano = perMinute / 60e9;
    this.level = new AtomicLong(level);
  }

  long level() {
    return level.get();
  }

  @Override
  public CompletableFuture<Duration> consume(long amount) {
    long left = level.addAndGet(-amount);
    return CompletableFuture.completedFuture(
        Duration.ofNanos(left >= 0 ? 0 : (long) (-left / refillPerNano)));
  }

  @Override
  public CompletableFuture<Void> giveBack(long amount) {
    level.addAndGet(amount);
    return CompletableFuture.completedFuture(null);
  }
}
