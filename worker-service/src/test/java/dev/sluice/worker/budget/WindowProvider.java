package dev.sluice.worker.budget;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** A provider that counts tokens in a strict sliding window, and who else draws on it. */
final class WindowProvider {
  private static final long MINUTE = 60 * BudgetFixtures.SECOND;

  private final long limit;
  private final Deque<Counted> counted = new ArrayDeque<>();
  private long used;
  private long now;
  private long refusals;
  private long admitted;
  private double coTenant;
  private double coTenantOwed;
  private long coTenantAdmitted;

  private record Counted(long at, long charge) {}

  WindowProvider(long limit) {
    this.limit = limit;
  }

  /**
   * Another application takes what it can of that share from now on.
   *
   * @param share of the limit
   */
  void coTenant(double share) {
    coTenant = share;
  }

  void pass(long newNow) {
    coTenantOwed += now == 0 ? 0 : coTenant * limit * (newNow - now) / MINUTE;
    now = newNow;
    while (!counted.isEmpty() && now - counted.getFirst().at >= MINUTE)
      used -= counted.removeFirst().charge;
    if (coTenantOwed < 1_000) return;
    coTenantOwed -= 1_000;
    if (count(1_000)) coTenantAdmitted += 1_000;
  }

  /** Whether the call is admitted. */
  boolean call(long charge) {
    boolean counts = count(charge);
    if (counts) admitted += charge;
    else refusals++;
    return counts;
  }

  Levels levels() {
    var fullIn = counted.isEmpty() ? 0 : counted.getLast().at + MINUTE - now;
    return new Levels(null, new Levels.Level(limit, limit - used, Duration.ofNanos(fullIn)));
  }

  private boolean count(long charge) {
    if (used + charge > limit) return false;
    used += charge;
    counted.addLast(new Counted(now, charge));
    return true;
  }

  /** Of ours. */
  long refusals() {
    return refusals;
  }

  /** Of the other application since the last time, tokens. */
  long takeCoTenantAdmitted() {
    long taken = coTenantAdmitted;
    coTenantAdmitted = 0;
    return taken;
  }

  /** Of ours since the last time, tokens. */
  long takeAdmitted() {
    long taken = admitted;
    admitted = 0;
    return taken;
  }
}
