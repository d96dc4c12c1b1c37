package dev.sluice.api.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.lanes.Pace;
import dev.sluice.api.lanes.Pace.Credit;
import dev.sluice.api.lanes.Pace.Flow;
import dev.sluice.api.lanes.Pace.Slots;
import dev.sluice.common.budget.Bandwidth;
import dev.sluice.common.budget.Pool;
import dev.sluice.common.budget.Tier;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.message.LimitingFactor;
import dev.sluice.common.message.WorkerReport;
import dev.sluice.common.message.WorkerReport.BandwidthReport;
import dev.sluice.common.message.WorkerReport.PoolReport;
import dev.sluice.common.message.WorkerReport.SetBy;
import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.Priority;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FleetPaceTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final Tier TIER = new Tier(600, 60_000, null, null);
  private static final Lane LANE = new Lane("p", Priority.INTERACTIVE);

  @Test
  void what_could_start_is_what_the_freshest_saw_and_what_any_has_reserved() {
    var old = worker(WorkerReport.State.RUNNING, 10, 0, pool(900, null, 0, 7_777, 300));
    var fresh = worker(WorkerReport.State.RUNNING, 10, 0, pool(100, null, 0, -500, 200));
    // 500 owed, 500 reserved, 1,000 of headroom; 100 ms refill 100
    assertThat(pace(old, fresh).flows())
        .containsEntry(Bandwidth.TPM, new Flow(60_000, new Credit(1_000, 1_100)))
        .containsEntry(Bandwidth.RPM, new Flow(600, null));
  }

  @Test
  void an_idle_pool_fills_up_and_no_further() {
    var worker = worker(WorkerReport.State.RUNNING, 10, 0, pool(60_000, null, 0, 300, 0));
    assertThat(pace(worker).flows())
        .containsEntry(Bandwidth.TPM, new Flow(60_000, new Credit(2_200, 2_200)));
  }

  @Test
  void what_was_refilled_while_others_came_is_theirs() {
    var worker = worker(WorkerReport.State.RUNNING, 10, 0, pool(2_100, null, 0, -9_000, 0));
    assertThat(pace(worker).flows())
        .containsEntry(Bandwidth.TPM, new Flow(60_000, new Credit(-7_900, -5_900)));
  }

  @Test
  void what_was_seen_of_a_limit_that_was_lowered_since_says_nothing() {
    var worker = worker(WorkerReport.State.RUNNING, 10, 0, pool(0, null, 0, -200_000, 0));
    var lowered = new Tier(600, 20_000, null, null);
    assertThat(new FleetPace("p", lowered, List.of(worker), 0).pace().flows())
        .isEqualTo(Pace.of(lowered).flows());
    var raised = new Tier(600, 90_000, null, null);
    assertThat(new FleetPace("p", raised, List.of(worker), 0).pace().flows())
        .containsEntry(Bandwidth.TPM, new Flow(60_000, new Credit(-199_000, -199_000)));
  }

  @Test
  void what_is_left_to_others_does_not_come() {
    var worker = worker(WorkerReport.State.RUNNING, 10, 0, pool(0, null, 0.25, 0, 0));
    assertThat(pace(worker).flows())
        .containsEntry(Bandwidth.TPM, new Flow(45_000, new Credit(1_000, 1_000)));
  }

  @Test
  void places_are_those_of_workers_that_take_requests_on() {
    var running = worker(WorkerReport.State.RUNNING, 10, 4, pool(0, null, 0, 0, 0));
    var draining = worker(WorkerReport.State.DRAINING, 10, 1, pool(0, null, 0, 0, 0));
    // Each took 10 calls of 2 s
    assertThat(pace(running, draining).slots()).isEqualTo(new Slots(6, Duration.ofMillis(200)));
    assertThat(pace(draining)).isEqualTo(Pace.halted(LimitingFactor.CONCURRENCY));
  }

  @Test
  void a_pool_that_the_provider_refuses_stands_still() {
    var worker =
        worker(WorkerReport.State.RUNNING, 10, 0, pool(0, ErrorCode.INSUFFICIENT_QUOTA, 0, 9, 0));
    assertThat(pace(worker)).isEqualTo(Pace.halted(LimitingFactor.CIRCUIT_OPEN));
  }

  @Test
  void where_the_workers_cannot_be_asked_the_limits_alone_set_the_pace() {
    var nanos = new AtomicLong();
    var workers = new ArrayList<SeenWorker>();
    var paused = new ArrayList<Lane>();
    var pool = new Pool("p", Set.of("m"), "default", false, TIER);
    try (var paces =
        new FleetPaces(
            () -> List.copyOf(workers), List.of(pool), Pool::tier, paused::contains, nanos::get)) {
      assertThat(paces.of(LANE)).isEqualTo(Pace.of(TIER));
      paces.look();
      assertThat(paces.of(LANE)).isEqualTo(Pace.halted(LimitingFactor.CONCURRENCY));
      workers.add(worker(WorkerReport.State.RUNNING, 10, 0, pool(0, null, 0, 0, 0)));
      paces.look();
      assertThat(paces.of(LANE).slots().free()).isEqualTo(10);
      nanos.addAndGet(Duration.ofSeconds(6).toNanos());
      assertThat(paces.of(LANE)).isEqualTo(Pace.of(TIER));
      paused.add(LANE);
      assertThat(paces.of(LANE)).isEqualTo(Pace.halted(LimitingFactor.PAUSED));
    }
  }

  private static Pace pace(SeenWorker... workers) {
    return new FleetPace("p", TIER, List.of(workers), 0).pace();
  }

  private static PoolReport pool(
      long seenAgo, @Nullable ErrorCode circuit, double yielded, long available, long reserved) {
    var tokens = new BandwidthReport(Bandwidth.TPM, 60_000, available, 0, reserved, 1_200, 1_000);
    return new PoolReport(
        "p",
        LimitingFactor.IDLE,
        0,
        seenAgo,
        circuit,
        yielded,
        List.of(tokens),
        10,
        20_000,
        10_000);
  }

  private static SeenWorker worker(
      WorkerReport.State state, int concurrency, int inFlight, PoolReport pool) {
    return new SeenWorker(
        new WorkerReport(
            "w",
            "instance",
            "1",
            "host",
            state,
            NOW,
            inFlight,
            concurrency,
            concurrency,
            SetBy.DEFAULT,
            LimitingFactor.IDLE,
            List.of(),
            List.of(pool),
            List.of(),
            Map.of()),
        NOW,
        Duration.ZERO);
  }
}
