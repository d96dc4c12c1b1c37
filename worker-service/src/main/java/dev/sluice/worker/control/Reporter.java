package dev.sluice.worker.control;

import dev.sluice.common.budget.BudgetProperties;
import dev.sluice.common.budget.Pool;
import dev.sluice.common.message.LimitingFactor;
import dev.sluice.common.message.WorkerReport;
import dev.sluice.common.message.WorkerReport.LaneReport;
import dev.sluice.common.message.WorkerReport.PoolReport;
import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.Priority;
import dev.sluice.worker.budget.Budget;
import dev.sluice.worker.budget.PoolActivity;
import dev.sluice.worker.intake.Intake;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Puts together what this worker says of itself. Thread-safe; nothing blocks. */
final class Reporter {
  private final WorkerIdentity worker;
  private final List<Pool> pools;
  private final Intake intake;
  private final Budget budget;
  private final Controls controls;
  private final Activity activity;

  Reporter(
      WorkerIdentity worker,
      BudgetProperties pools,
      Intake intake,
      Budget budget,
      Controls controls,
      Activity activity) {
    this.worker = worker;
    this.pools = pools.open();
    this.intake = intake;
    this.budget = budget;
    this.controls = controls;
    this.activity = activity;
  }

  WorkerReport report() {
    var wanted = controls.inForce();
    var lanes = new ArrayList<LaneReport>();
    var reports = new ArrayList<PoolReport>();
    for (var pool : pools) {
      var seen = budget.activity(pool.name());
      var factor = Limiting.pool(seen.limitedBy(), seen(pool, seen, wanted));
      reports.add(pool(pool.name(), seen, factor));
      for (var priority : Priority.values())
        lanes.add(lane(new Lane(pool.name(), priority), seen, factor, wanted));
    }
    return new WorkerReport(
        worker.id(),
        worker.instance(),
        worker.version(),
        worker.host(),
        state(),
        worker.startedAt(),
        lanes.stream().mapToInt(LaneReport::inFlight).sum(),
        wanted.concurrency(),
        intake.configuredConcurrency(),
        wanted.concurrencySetBy(),
        Limiting.worker(reports),
        lanes,
        reports,
        activity.attempts(),
        Map.of());
  }

  private WorkerReport.State state() {
    if (intake.isRunning() && !intake.isDrained()) return WorkerReport.State.RUNNING;
    if (intake.inFlight() > 0) return WorkerReport.State.DRAINING;
    return intake.isRunning() ? WorkerReport.State.DRAINED : WorkerReport.State.STOPPED;
  }

  private List<Limiting.LaneSeen> seen(Pool pool, PoolActivity seen, Wanted wanted) {
    return Arrays.stream(Priority.values())
        .map(priority -> seen(new Lane(pool.name(), priority), seen, wanted))
        .toList();
  }

  private Limiting.LaneSeen seen(Lane lane, PoolActivity pool, Wanted wanted) {
    var here = intake.activity(lane);
    var reserved = of(lane, pool);
    return new Limiting.LaneSeen(
        wanted.paused().contains(lane),
        here.inFlight() >= wanted.concurrency(),
        reserved.inFlight(),
        here.waiting() + reserved.waiting());
  }

  private LaneReport lane(Lane lane, PoolActivity pool, LimitingFactor ofPool, Wanted wanted) {
    var here = intake.activity(lane);
    var reserved = of(lane, pool);
    var seen = seen(lane, pool, wanted);
    var oldest =
        Stream.of(here.oldest(), reserved.oldest())
            .filter(Objects::nonNull)
            .min(Instant::compareTo)
            .orElse(null);
    return new LaneReport(
        lane,
        seen.inFlight(),
        seen.waiting(),
        oldest,
        here.endedAhead(),
        activity.startedRecently(lane),
        activity.endedRecently(lane),
        Limiting.lane(ofPool, seen));
  }

  private static PoolActivity.LaneActivity of(Lane lane, PoolActivity pool) {
    return lane.priority() == Priority.INTERACTIVE ? pool.interactive() : pool.background();
  }

  private PoolReport pool(String pool, PoolActivity seen, LimitingFactor factor) {
    var answered = activity.answered(pool);
    return new PoolReport(
        pool,
        factor,
        seen.interactive().waiting() + seen.background().waiting(),
        seen.seenAgo(),
        seen.circuit(),
        seen.yielded(),
        seen.bandwidths(),
        answered.count(),
        answered.latency(),
        answered.charged());
  }
}
