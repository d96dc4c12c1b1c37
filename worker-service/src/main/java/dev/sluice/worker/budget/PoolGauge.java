package dev.sluice.worker.budget;

import dev.sluice.common.budget.Bandwidth;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.message.LimitingFactor;
import dev.sluice.common.message.WorkerReport.BandwidthReport;
import dev.sluice.common.topic.Priority;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What this worker knows of a pool without asking: the shared state as it last read it, what it has
 * reserved, and what limits it now. Thread-safe; times are of the monotonic clock, ns.
 */
final class PoolGauge {
  // How long after a start that had to wait the pool still counts as limited.
  private static final long LIMITED_FOR_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Charges charges = new Charges();
  private volatile @Nullable Seen seen;
  private volatile @Nullable Limited limited;

  /** The shared state as it was last read. */
  private record Seen(
      Map<Bandwidth, Bucket> buckets, double yielded, @Nullable ErrorCode circuit, long at) {
    /** The bandwidth that is furthest in debt, by its limit. */
    LimitingFactor inDebt() {
      return buckets.entrySet().stream()
          .filter(each -> each.getValue().available <= 0)
          .min(
              Comparator.comparingDouble(
                  each -> (double) each.getValue().available / each.getValue().limit))
          .map(each -> LimitingFactor.of(each.getKey()))
          .orElse(LimitingFactor.IDLE);
    }
  }

  private record Bucket(long limit, long available, long capacity, long headroom) {
    static Bucket of(PoolState state, Bandwidth bandwidth, long limit) {
      var buckets = state.buckets();
      return new Bucket(
          limit,
          buckets.available(bandwidth),
          buckets.capacity(bandwidth),
          state.headroom(bandwidth));
    }
  }

  /** The bandwidth that set a start, and that start. */
  private record Limited(Bandwidth by, long startAt) {}

  void reserved(Reservation.Held held, long now) {
    charges.add(held.startAt(), 1, held.tokens(), now);
    if (held.limitedBy() != null) limited = new Limited(held.limitedBy(), held.startAt());
  }

  void gaveBack(Reservation.Held held, long now) {
    charges.add(held.startAt(), -1, -held.tokens(), now);
  }

  void gaveBackTokens(Reservation.Held held, long tokens, long now) {
    charges.add(held.startAt(), 0, -tokens, now);
  }

  void see(PoolState state, long at) {
    var buckets = new EnumMap<Bandwidth, Bucket>(Bandwidth.class);
    state
        .limits()
        .forEach((bandwidth, limit) -> buckets.put(bandwidth, Bucket.of(state, bandwidth, limit)));
    seen = new Seen(buckets, state.yielded(), state.circuit().orElse(null), at);
  }

  PoolActivity activity(Lines lines, long now) {
    var last = seen;
    return new PoolActivity(
        lines.of(Priority.INTERACTIVE).activity(),
        lines.of(Priority.BACKGROUND).activity(),
        limitedBy(lines, now),
        last == null ? Long.MAX_VALUE : TimeUnit.NANOSECONDS.toMillis(now - last.at()),
        last == null ? null : last.circuit(),
        last == null ? 0 : last.yielded(),
        last == null ? List.of() : bandwidths(last, now));
  }

  private LimitingFactor limitedBy(Lines lines, long now) {
    var last = seen;
    if (last != null && last.circuit() != null) return LimitingFactor.CIRCUIT_OPEN;
    var start = limited;
    boolean somebodyWaits = lines.waiting() > 0;
    if (somebodyWaits) {
      if (lines.ready() == 0) return LimitingFactor.PAUSED;
      if (!lines.haveSlots()) return LimitingFactor.CONCURRENCY;
    }
    if (start != null && now - start.startAt() < LIMITED_FOR_NANOS)
      return LimitingFactor.of(start.by());
    // Other workers' requests may have had every start lately
    return somebodyWaits && last != null ? last.inDebt() : LimitingFactor.IDLE;
  }

  private List<BandwidthReport> bandwidths(Seen last, long now) {
    var used = charges.used(now);
    var reserved = charges.reserved(now);
    return last.buckets().entrySet().stream()
        .map(each -> {
          boolean tokens = each.getKey().countsTokens();
          var bucket = each.getValue();
          return new BandwidthReport(
              each.getKey(),
              bucket.limit,
              bucket.available,
              tokens ? used.tokens() : used.requests(),
              tokens ? reserved.tokens() : reserved.requests(),
              bucket.capacity,
              bucket.headroom);
        })
        .toList();
  }
}
