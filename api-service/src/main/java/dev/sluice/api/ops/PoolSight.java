package dev.sluice.api.ops;

import dev.sluice.api.ops.Overview.BandwidthView;
import dev.sluice.common.budget.Bandwidth;
import dev.sluice.common.budget.Pool;
import dev.sluice.common.budget.Tier;
import dev.sluice.common.message.LimitingFactor;
import dev.sluice.common.message.WorkerReport.BandwidthReport;
import dev.sluice.common.message.WorkerReport.PoolReport;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One pool by what all workers that are there say of it: sums of what each did itself, and the
 * shared state as whoever read it last saw it. Pure.
 */
final class PoolSight {
  private final Pool pool;
  private final Tier limits;
  private final List<PoolReport> reports;
  private final @Nullable PoolReport freshest;

  /**
   * @param limits in force by what operators have set
   */
  PoolSight(Pool pool, Tier limits, List<PoolReport> reports) {
    this.pool = pool;
    this.limits = limits;
    this.reports = reports;
    this.freshest =
        reports.stream().min(Comparator.comparingLong(PoolReport::seenAgo)).orElse(null);
  }

  /**
   * @param factor what limits it by all that is known
   */
  Overview.PoolView view(LimitingFactor factor) {
    var code = freshest == null ? null : freshest.circuit();
    long answered = reports.stream().mapToLong(PoolReport::answered).sum();
    return new Overview.PoolView(
        pool.name(),
        code == null ? "closed" : "open",
        code == null ? null : code.code(),
        factor,
        usableConcurrency(factor),
        answered == 0 ? null : latency() / answered,
        answered == 0 ? null : charged() / answered,
        limits.limits().entrySet().stream().map(this::bandwidth).toList(),
        BigDecimal.valueOf(yielded()).setScale(2, RoundingMode.HALF_UP).toPlainString());
  }

  /** What limits the pool by what workers say: that for which most requests wait. */
  LimitingFactor factor() {
    if (freshest != null && freshest.circuit() != null) return LimitingFactor.CIRCUIT_OPEN;
    return reports.stream()
        .filter(report -> report.limitingFactor() != LimitingFactor.IDLE)
        .max(
            Comparator.comparingInt(PoolReport::waiting)
                .thenComparing(
                    report -> report.limitingFactor() == LimitingFactor.PROVIDER_LATENCY))
        .map(PoolReport::limitingFactor)
        .orElse(LimitingFactor.IDLE);
  }

  private @Nullable Long usableConcurrency(LimitingFactor factor) {
    long answered = reports.stream().mapToLong(PoolReport::answered).sum();
    return UsableConcurrency.of(limits, yielded(), factor, answered, latency(), charged());
  }

  /** Mean time of a call, ms; 0 if it is not known. */
  double meanLatency() {
    long answered = reports.stream().mapToLong(PoolReport::answered).sum();
    return answered == 0 ? 0 : (double) latency() / answered;
  }

  private long latency() {
    return reports.stream().mapToLong(PoolReport::latency).sum();
  }

  private long charged() {
    return reports.stream().mapToLong(PoolReport::charged).sum();
  }

  private double yielded() {
    return freshest == null ? 0 : freshest.yielded();
  }

  private BandwidthView bandwidth(Map.Entry<Bandwidth, Long> configured) {
    var bandwidth = configured.getKey();
    var all =
        reports.stream()
            .flatMap(report -> report.bandwidths().stream())
            .filter(each -> each.bandwidth() == bandwidth)
            .toList();
    long reserved = all.stream().mapToLong(BandwidthReport::reserved).sum();
    long limit = seen(bandwidth, configured.getValue(), BandwidthReport::limit);
    if (!bandwidth.isDaily()) {
      long used = all.stream().mapToLong(BandwidthReport::used).sum();
      return view(bandwidth, limit, used, reserved, limit - used - reserved);
    }
    // A day's bucket holds the whole day, and other workers' part of it too
    long left = seen(bandwidth, configured.getValue(), BandwidthReport::available);
    return view(bandwidth, limit, Math.max(0, limit - left - reserved), reserved, left);
  }

  private long seen(Bandwidth bandwidth, long otherwise, ToLongFunction<BandwidthReport> figure) {
    if (freshest == null) return otherwise;
    return freshest.bandwidths().stream()
        .filter(each -> each.bandwidth() == bandwidth)
        .mapToLong(figure)
        .findFirst()
        .orElse(otherwise);
  }

  private static BandwidthView view(
      Bandwidth bandwidth, long limit, long used, long reserved, long left) {
    return new BandwidthView(
        LimitingFactor.of(bandwidth).label(), limit, used, reserved, Math.max(0, left));
  }
}
