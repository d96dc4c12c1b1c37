package dev.sluice.api.ops;

import dev.sluice.api.lanes.LaneLength;
import dev.sluice.api.ops.Overview.LaneView;
import dev.sluice.common.budget.Bandwidth;
import dev.sluice.common.budget.Pool;
import dev.sluice.common.budget.Tier;
import dev.sluice.common.message.ConcurrencySet;
import dev.sluice.common.message.LimitingFactor;
import dev.sluice.common.message.WorkerReport;
import dev.sluice.common.message.WorkerReport.AttemptCount;
import dev.sluice.common.message.WorkerReport.LaneReport;
import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.Priority;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Puts an overview together from what workers, lanes and operators say. Pure. */
final class Sight {
  /*
   * The backlog of a lane is what Kafka counts as uncommitted, less what workers say has begun or
   * ended already. A request that waits in a worker for the budget is backlog; one whose call is
   * under way is in flight; so nothing is counted twice, and a fleet without workers still has its
   * backlog.
   */
  private static final double RECENT_SECONDS = 10;

  private final Inputs in;
  private final List<SeenWorker> there;

  /**
   * @param counts by Kafka
   * @param requestsIn a second
   * @param oldest when the first uncommitted record of a lane was put there; for lanes of which no
   *     worker tells
   */
  record Inputs(
      Instant at,
      List<Pool> pools,
      Function<Pool, Tier> limits,
      Predicate<Lane> paused,
      Optional<ConcurrencySet> concurrency,
      FleetStore.Fleet fleet,
      Map<Lane, Backlogs.Count> counts,
      double requestsIn,
      Function<Lane, @Nullable Instant> oldest,
      long openDeadLetters) {}

  Sight(Inputs in) {
    this.in = in;
    this.there = in.fleet().workers().stream().filter(SeenWorker::isThere).toList();
  }

  Overview overview() {
    var lanes = new ArrayList<LaneView>();
    var pools = new ArrayList<Overview.PoolView>();
    for (var pool : in.pools()) {
      var sight = new PoolSight(pool, in.limits().apply(pool), reports(pool));
      var ofPool = lanes(pool, sight);
      lanes.addAll(ofPool);
      pools.add(sight.view(factor(sight.factor(), ofPool)));
    }
    return new Overview(
        in.at(),
        fleet(lanes, pools),
        lanes,
        pools,
        in.fleet().workers().stream().map(Sight::worker).toList(),
        attempts(),
        new Overview.DeadLettersView(in.openDeadLetters()));
  }

  private List<WorkerReport.PoolReport> reports(Pool pool) {
    return there.stream()
        .flatMap(worker -> worker.report().pools().stream())
        .filter(report -> report.pool().equals(pool.name()))
        .toList();
  }

  private List<LaneView> lanes(Pool pool, PoolSight sight) {
    var views = new ArrayList<LaneView>();
    long ahead = 0;
    long tokensAhead = 0;
    for (var priority : Priority.values()) { // interactive first: background waits behind it
      var view = lane(new Lane(pool.name(), priority), pool, sight, ahead, tokensAhead);
      views.add(view);
      ahead += view.backlog();
      tokensAhead += view.backlogTokens();
    }
    return views;
  }

  private LaneView lane(Lane lane, Pool pool, PoolSight sight, long ahead, long tokensAhead) {
    var reports = reports(lane);
    int inFlight = reports.stream().mapToInt(LaneReport::inFlight).sum();
    long endedAhead = reports.stream().mapToLong(LaneReport::endedAhead).sum();
    long uncommitted = in.counts().getOrDefault(lane, new Backlogs.Count(0, 0)).uncommitted();
    long backlog = Math.max(0, uncommitted - inFlight - endedAhead);
    long tokens = tokens(lane, backlog);
    boolean paused = in.paused().test(lane);
    return new LaneView(
        lane.label(),
        lane.pool(),
        lane.priority(),
        paused,
        backlog,
        tokens,
        backlog == 0 ? null : age(lane, reports),
        paused || takers() == 0
            ? null
            : eta(in.limits().apply(pool), sight, ahead + backlog, tokensAhead + tokens),
        inFlight,
        reports.stream().mapToLong(LaneReport::startedRecently).sum() / RECENT_SECONDS,
        factor(lane, paused, backlog, reports));
  }

  /** The lane's own counters know tokens, and may have lost count: their mean is what is used. */
  private long tokens(Lane lane, long backlog) {
    var length = in.fleet().lanes().getOrDefault(lane, LaneLength.EMPTY);
    long waiting = length.accepted() - length.started();
    long tokens = length.acceptedTokens() - length.startedTokens();
    if (waiting > 0 && tokens > 0) return Math.round((double) tokens / waiting * backlog);
    if (length.accepted() == 0) return 0;
    return Math.round((double) length.acceptedTokens() / length.accepted() * backlog);
  }

  private @Nullable Long age(Lane lane, List<LaneReport> reports) {
    var oldest =
        reports.stream()
            .map(LaneReport::oldestWaiting)
            .filter(Objects::nonNull)
            .min(Instant::compareTo)
            .orElseGet(() -> in.oldest().apply(lane));
    return oldest == null ? null : Math.max(0, in.at().toEpochMilli() - oldest.toEpochMilli());
  }

  /** The slower of the budget's pace and of what the fleet's concurrency lets through. */
  private long eta(Tier limits, PoolSight sight, long requests, long tokens) {
    if (requests == 0) return 0;
    double ms = 0;
    for (var limit : limits.limits().entrySet()) {
      if (limit.getKey().isDaily()) continue;
      double ahead = limit.getKey().countsTokens() ? tokens : requests;
      ms = Math.max(ms, ahead / limit.getValue() * Bandwidth.RPM.period().toMillis());
    }
    int concurrency =
        there.stream()
            .filter(worker -> worker.state() == SeenWorker.State.RUNNING)
            .mapToInt(worker -> worker.report().concurrency())
            .sum();
    return Math.round(Math.max(ms, requests * sight.meanLatency() / Math.max(1, concurrency)));
  }

  private LimitingFactor factor(Lane lane, boolean paused, long backlog, List<LaneReport> reports) {
    if (paused) return LimitingFactor.PAUSED;
    if (backlog > 0 && takers() == 0) return LimitingFactor.CONCURRENCY;
    return reports.stream()
        .filter(report -> report.limitingFactor() != LimitingFactor.IDLE)
        .filter(report -> report.limitingFactor() != LimitingFactor.PAUSED)
        .max(Comparator.comparingInt(LaneReport::waiting).thenComparing(LaneReport::inFlight))
        .map(LaneReport::limitingFactor)
        .orElse(LimitingFactor.IDLE);
  }

  /** What nobody takes on, or only paused lanes hold, workers cannot tell. */
  private LimitingFactor factor(LimitingFactor byWorkers, List<LaneView> lanes) {
    if (byWorkers == LimitingFactor.CIRCUIT_OPEN) return byWorkers;
    var waiting = lanes.stream().filter(lane -> lane.backlog() > 0).toList();
    if (waiting.isEmpty()) return byWorkers;
    if (waiting.stream().allMatch(LaneView::paused)) return LimitingFactor.PAUSED;
    return takers() == 0 ? LimitingFactor.CONCURRENCY : byWorkers;
  }

  private Overview.FleetView fleet(List<LaneView> lanes, List<Overview.PoolView> pools) {
    var reports = there.stream().map(SeenWorker::report).toList();
    return new Overview.FleetView(
        takers(),
        reports.stream().mapToInt(WorkerReport::inFlight).sum(),
        concurrency(),
        in.requestsIn(),
        reports.stream()
                .flatMap(report -> report.lanes().stream())
                .mapToLong(LaneReport::endedRecently)
                .sum()
            / RECENT_SECONDS,
        fleetFactor(lanes, pools),
        pools.stream()
            .map(Overview.PoolView::usableConcurrency)
            .filter(Objects::nonNull)
            .reduce(Long::sum)
            .orElse(null));
  }

  private Overview.ConcurrencyView concurrency() {
    var set = in.concurrency();
    return new Overview.ConcurrencyView(
        set.map(ConcurrencySet::perWorker).orElse(null),
        set.map(ConcurrencySet::at).orElse(null),
        set.map(ConcurrencySet::by).orElse(null),
        there.stream()
            .map(worker -> worker.report().configuredConcurrency())
            .max(Comparator.naturalOrder())
            .orElse(null));
  }

  /** That of the pool with the longest backlog; if there is none, whether anything runs. */
  private static LimitingFactor fleetFactor(List<LaneView> lanes, List<Overview.PoolView> pools) {
    var backlogs = new HashMap<String, Long>();
    lanes.forEach(lane -> backlogs.merge(lane.pool(), lane.backlog(), Long::sum));
    return pools.stream()
        .filter(pool -> pool.limitingFactor() != LimitingFactor.IDLE)
        .max(
            Comparator.<Overview.PoolView>comparingLong(
                    pool -> backlogs.getOrDefault(pool.pool(), 0L))
                .thenComparing(pool -> pool.limitingFactor() == LimitingFactor.PROVIDER_LATENCY))
        .map(Overview.PoolView::limitingFactor)
        .orElse(LimitingFactor.IDLE);
  }

  private int takers() {
    return (int)
        there.stream().filter(worker -> worker.state() == SeenWorker.State.RUNNING).count();
  }

  private List<LaneReport> reports(Lane lane) {
    return there.stream()
        .flatMap(worker -> worker.report().lanes().stream())
        .filter(report -> report.lane().equals(lane))
        .toList();
  }

  private static Overview.WorkerView worker(SeenWorker worker) {
    var report = worker.report();
    boolean isThere = worker.isThere();
    return new Overview.WorkerView(
        report.id(),
        report.build(),
        worker.state(),
        isThere ? report.inFlight() : 0,
        report.concurrency(),
        report.concurrencySetBy(),
        isThere ? report.limitingFactor() : LimitingFactor.IDLE,
        worker.seenAt(),
        report.startedAt(),
        report.host());
  }

  private Overview.AttemptsView attempts() {
    var counts = there.stream().flatMap(worker -> worker.report().attempts().stream()).toList();
    var byCode = new HashMap<String, Long>();
    counts.forEach(each -> byCode.merge(each.code(), each.count(), Long::sum));
    return new Overview.AttemptsView(
        counts.stream().mapToLong(AttemptCount::count).sum(),
        counts.stream().mapToLong(AttemptCount::retries).sum(),
        byCode.entrySet().stream()
            .map(each -> new Overview.CodeView(each.getKey(), each.getValue()))
            .sorted(
                Comparator.comparingLong(Overview.CodeView::perMinute)
                    .reversed()
                    .thenComparing(Overview.CodeView::code))
            .toList());
  }
}
