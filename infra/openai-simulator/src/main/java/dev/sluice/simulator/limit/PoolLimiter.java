package dev.sluice.simulator.limit;

import dev.sluice.simulator.limit.Levels.Level;
import dev.sluice.simulator.limit.Verdict.Admitted;
import dev.sluice.simulator.limit.Verdict.Refused;
import dev.sluice.simulator.limit.Verdict.TooLarge;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * The limits of one pool, all bandwidths decided together: a request is charged in each or in none.
 * Thread-safe; time is an argument in nanoseconds.
 */
final class PoolLimiter {
  private static final long MINUTE_NANOS = 60_000_000_000L;
  private static final long DAY_NANOS = 24 * 60 * MINUTE_NANOS;

  private final Limits limits;

  /** Only the bandwidths that are limited. Guarded by this. */
  private final Map<Bandwidth, Meter> meters = new EnumMap<>(Bandwidth.class);

  /**
   * @param timeCompression how much faster than real time the limits' clocks run; a minute's limit
   *     then holds for 60 s / timeCompression
   */
  PoolLimiter(Limits limits, LimiterKind kind, int timeCompression, long now) {
    this.limits = limits;
    var minute = MINUTE_NANOS / timeCompression;
    var day = DAY_NANOS / timeCompression;
    add(Bandwidth.REQUESTS_PER_MINUTE, limits.rpm(), kind, minute, now);
    add(Bandwidth.TOKENS_PER_MINUTE, limits.tpm(), kind, minute, now);
    // Quanta are about seconds of a minute: cut into seconds a day's limit would be a minute's.
    var dayKind = kind == LimiterKind.QUANTA ? LimiterKind.BUCKET : kind;
    add(Bandwidth.REQUESTS_PER_DAY, limits.rpd(), dayKind, day, now);
  }

  Limits limits() {
    return limits;
  }

  /** Charges one request and {@code tokens}, or says why not. Refusals charge nothing. */
  synchronized Verdict admit(long tokens, long now) {
    Refused longest = null;
    for (var entry : meters.entrySet()) {
      var bandwidth = entry.getKey();
      var meter = entry.getValue();
      var amount = amount(bandwidth, tokens);
      if (amount > meter.limit()) {
        return new TooLarge(bandwidth, meter.limit(), amount, levels(now));
      }
      var wait = meter.waitFor(amount, now);
      if (wait > 0 && (longest == null || wait > longest.waitNanos())) {
        longest = new Refused(bandwidth, meter.limit(), meter.used(now), amount, wait, levels(now));
      }
    }
    return longest != null ? longest : charge(tokens, now);
  }

  /** Counts a request that was answered with an error, as far as there is room, without tokens. */
  synchronized void countUnsuccessful(long now) {
    var meter = meters.get(Bandwidth.REQUESTS_PER_MINUTE);
    if (meter != null && meter.waitFor(1, now) == 0) {
      meter.charge(1, now);
    }
  }

  synchronized Levels levels(long now) {
    return new Levels(
        level(Bandwidth.REQUESTS_PER_MINUTE, now), level(Bandwidth.TOKENS_PER_MINUTE, now));
  }

  synchronized void refund(Charge charge, long tokens, long now) {
    var meter = meters.get(Bandwidth.TOKENS_PER_MINUTE);
    if (meter != null) {
      meter.refund(charge, tokens, now);
    }
  }

  private void add(Bandwidth bandwidth, long limit, LimiterKind kind, long windowNanos, long now) {
    if (limit == 0) {
      return;
    }
    var windowMicros = windowNanos / 1_000;
    meters.put(
        bandwidth,
        switch (kind) {
          case BUCKET -> new BucketMeter(limit, limit, windowMicros, now);
          case WINDOW -> new WindowMeter(limit, windowNanos);
          case QUANTA -> new BucketMeter(limit, Math.max(1, limit / 60), windowMicros, now);
        });
  }

  private Admitted charge(long tokens, long now) {
    Charge tokenCharge = null;
    for (var entry : meters.entrySet()) {
      var charge = entry.getValue().charge(amount(entry.getKey(), tokens), now);
      if (entry.getKey() == Bandwidth.TOKENS_PER_MINUTE) {
        tokenCharge = charge;
      }
    }
    return new Admitted(new Grant(this, tokens, tokenCharge), levels(now));
  }

  private Optional<Level> level(Bandwidth bandwidth, long now) {
    return Optional.ofNullable(meters.get(bandwidth))
        .map(meter -> new Level(meter.limit(), meter.remaining(now), meter.untilFull(now)));
  }

  private static long amount(Bandwidth bandwidth, long tokens) {
    return bandwidth == Bandwidth.TOKENS_PER_MINUTE ? tokens : 1;
  }
}
