package dev.sluice.simulator.limit;

import java.util.ArrayDeque;

/** A strict sliding window: what was taken comes back in one piece, a full window later. */
final class WindowMeter implements Meter {
  private final long limit;
  private final long windowNanos;

  /** In the order of time; none older than the window once {@link #expire} has run. */
  private final ArrayDeque<Charge> charges = new ArrayDeque<>();

  private long used;

  WindowMeter(long limit, long windowNanos) {
    this.limit = limit;
    this.windowNanos = windowNanos;
  }

  @Override
  public long limit() {
    return limit;
  }

  @Override
  public long used(long now) {
    expire(now);
    return used;
  }

  @Override
  public long remaining(long now) {
    return Math.max(0, limit - used(now));
  }

  @Override
  public long waitFor(long amount, long now) {
    var surplus = used(now) + amount - limit;
    if (surplus <= 0) {
      return 0;
    }
    for (var charge : charges) {
      surplus -= charge.amount;
      if (surplus <= 0) {
        return charge.at + windowNanos - now;
      }
    }
    throw new IllegalArgumentException(amount + " is above the limit of " + limit);
  }

  @Override
  public Charge charge(long amount, long now) {
    expire(now);
    var charge = new Charge(now, amount);
    charges.addLast(charge);
    used += amount;
    return charge;
  }

  @Override
  public void refund(Charge charge, long amount, long now) {
    expire(now);
    var given = Math.min(amount, charge.amount); // an expired charge holds nothing any more
    charge.amount -= given;
    used -= given;
  }

  @Override
  public long untilFull(long now) {
    expire(now);
    return charges.isEmpty() ? 0 : charges.getLast().at + windowNanos - now;
  }

  private void expire(long now) {
    var oldest = charges.peekFirst();
    while (oldest != null && now - oldest.at >= windowNanos) {
      used -= oldest.amount;
      oldest.amount = 0;
      charges.removeFirst();
      oldest = charges.peekFirst();
    }
  }
}
