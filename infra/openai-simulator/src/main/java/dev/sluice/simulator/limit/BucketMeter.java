package dev.sluice.simulator.limit;

/** A bucket that drains continuously: {@code limit} units every {@code window}. */
final class BucketMeter implements Meter {
  /*
   * The use is kept as units × microseconds of the window, so that draining is exact integer
   * arithmetic: after t µs exactly t × limit of it is gone. Waits are computed from the use in whole
   * units (rounded up), because that is the figure a 429 prints: reader and simulator then agree to
   * the millisecond on wait = (used + requested − capacity) / (limit / window). Since requests are
   * whole units too, "fits" means the same in both.
   *
   * A capacity below the limit makes quanta. There a request above the capacity may start when the
   * bucket is empty and leaves it in debt, otherwise it could never be served although it is within
   * the minute's limit.
   */
  private final long limit;
  private final long capacity;
  private final long windowMicros;

  private long scaledUse;
  private long drainedAt;

  BucketMeter(long limit, long capacity, long windowMicros, long now) {
    this.limit = limit;
    this.capacity = capacity;
    this.windowMicros = windowMicros;
    this.drainedAt = now;
  }

  @Override
  public long limit() {
    return limit;
  }

  @Override
  public long used(long now) {
    drain(now);
    return Math.ceilDiv(scaledUse, windowMicros);
  }

  @Override
  public long remaining(long now) {
    return Math.max(0, capacity - used(now));
  }

  @Override
  public long waitFor(long amount, long now) {
    var surplus = used(now) - Math.max(0, capacity - amount);
    if (surplus <= 0) {
      return 0;
    }
    return nanosToDrain(surplus * windowMicros);
  }

  @Override
  public Charge charge(long amount, long now) {
    drain(now);
    scaledUse += amount * windowMicros;
    return new Charge(now, amount);
  }

  @Override
  public void refund(Charge charge, long amount, long now) {
    drain(now);
    var given = Math.min(amount, charge.amount);
    charge.amount -= given;
    scaledUse = Math.max(0, scaledUse - given * windowMicros);
  }

  @Override
  public long untilFull(long now) {
    drain(now);
    return nanosToDrain(scaledUse);
  }

  private void drain(long now) {
    var elapsedMicros = (now - drainedAt) / 1_000;
    if (elapsedMicros <= 0) {
      return;
    }
    drainedAt += elapsedMicros * 1_000; // the rest of a microsecond is not lost
    var enough = Math.ceilDiv(scaledUse, limit); // keeps the product within a long
    scaledUse = Math.max(0, scaledUse - Math.min(elapsedMicros, enough) * limit);
  }

  private long nanosToDrain(long scaled) {
    return Math.ceilDiv(scaled, limit) * 1_000;
  }
}
