package dev.sluice.api.ops;

import dev.sluice.api.lanes.Pace;
import dev.sluice.api.lanes.Pace.Credit;
import dev.sluice.api.lanes.Pace.Flow;
import dev.sluice.api.lanes.Pace.Slots;
import dev.sluice.common.budget.Bandwidth;
import dev.sluice.common.budget.Tier;
import dev.sluice.common.message.LimitingFactor;
import dev.sluice.common.message.WorkerReport.BandwidthReport;
import dev.sluice.common.message.WorkerReport.PoolReport;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** How fast one pool moves, by what the workers that are there say of it. Pure. */
final class FleetPace {
  /*
   * A request is charged when a worker reserves for it, if need be into debt, and starts when the
   * refill has covered that. So what is available, by whoever has seen the pool's state last, less
   * what nobody has reserved for yet of those in front and of the request itself, is the debt that
   * has to be refilled. What is reserved and has not started stands in the lane's length as well, so
   * it is put back here.
   */
  // As long as requests come, the state is seen, and told, more often than that
  private static final double BUSY_MILLIS = 2_000;

  private final String pool;
  private final Tier limits;
  private final List<SeenWorker> takers;
  private final List<Report> reports;
  private final Optional<Report> freshest;

  /** What a worker says of the pool, and how long ago it has seen the state that all share. */
  private record Report(PoolReport said, double ageMillis) {}

  /**
   * @param limits in force by what operators have set
   * @param there workers
   * @param ago since they were asked, ns
   */
  FleetPace(String pool, Tier limits, List<SeenWorker> there, long ago) {
    this.pool = pool;
    this.limits = limits;
    this.takers =
        there.stream().filter(worker -> worker.state() == SeenWorker.State.RUNNING).toList();
    this.reports = there.stream().flatMap(worker -> reports(worker, ago)).toList();
    this.freshest =
        reports.stream()
            .filter(report -> !report.said.bandwidths().isEmpty())
            .min(Comparator.comparingDouble(Report::ageMillis));
  }

  private Stream<Report> reports(SeenWorker worker, long ago) {
    return worker.report().pools().stream()
        .filter(report -> report.pool().equals(pool))
        .map(report ->
            new Report(report, (double) report.seenAgo() + worker.age().toMillis() + ago / 1e6));
  }

  Pace pace() {
    if (takers.isEmpty()) return Pace.halted(LimitingFactor.CONCURRENCY);
    if (freshest.map(Report::said).map(PoolReport::circuit).isPresent())
      return Pace.halted(LimitingFactor.CIRCUIT_OPEN);
    var flows = new EnumMap<Bandwidth, Flow>(Bandwidth.class);
    limits.limits().forEach((bandwidth, limit) -> flows.put(bandwidth, flow(bandwidth, limit)));
    return new Pace(flows, slots(), null);
  }

  private Flow flow(Bandwidth bandwidth, long configured) {
    return freshest
        .flatMap(report ->
            said(report, bandwidth)
                .filter(seen -> seen.limit() <= configured) // else an operator has lowered it since
                .findFirst()
                .map(seen -> flow(seen, report)))
        .orElse(new Flow(configured, null));
  }

  private Flow flow(BandwidthReport seen, Report by) {
    double limit = seen.limit() * (1 - by.said.yielded());
    double perMilli = limit / seen.bandwidth().period().toMillis();
    long reserved =
        reports.stream()
            .flatMap(report -> said(report, seen.bandwidth()))
            .mapToLong(BandwidthReport::reserved)
            .sum();
    double besides = (double) reserved + seen.headroom();
    var credit =
        new Credit(
            refilled(seen, perMilli * Math.max(0, by.ageMillis - BUSY_MILLIS)) + besides,
            refilled(seen, perMilli * by.ageMillis) + besides);
    return new Flow(limit, credit);
  }

  private static double refilled(BandwidthReport seen, double refill) {
    return Math.min(seen.available() + refill, Math.max(seen.available(), seen.capacity()));
  }

  private static Stream<BandwidthReport> said(Report report, Bandwidth bandwidth) {
    return report.said.bandwidths().stream().filter(said -> said.bandwidth() == bandwidth);
  }

  private Slots slots() {
    long answered = reports.stream().mapToLong(report -> report.said.answered()).sum();
    long latency = reports.stream().mapToLong(report -> report.said.latency()).sum();
    long all = takers.stream().mapToLong(worker -> worker.report().concurrency()).sum();
    long free =
        takers.stream()
            .mapToLong(
                worker -> Math.max(0, worker.report().concurrency() - worker.report().inFlight()))
            .sum();
    if (answered == 0 || all == 0) return new Slots(free, Duration.ZERO);
    return new Slots(free, Duration.ofMillis(latency).dividedBy(answered * all));
  }
}
