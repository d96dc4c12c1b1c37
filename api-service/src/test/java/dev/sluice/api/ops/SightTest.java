package dev.sluice.api.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.lanes.LaneLength;
import dev.sluice.common.budget.Bandwidth;
import dev.sluice.common.budget.Pool;
import dev.sluice.common.budget.Tier;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.message.LimitingFactor;
import dev.sluice.common.message.WorkerReport;
import dev.sluice.common.message.WorkerReport.AttemptCount;
import dev.sluice.common.message.WorkerReport.BandwidthReport;
import dev.sluice.common.message.WorkerReport.LaneReport;
import dev.sluice.common.message.WorkerReport.PoolReport;
import dev.sluice.common.message.WorkerReport.SetBy;
import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.Priority;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SightTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final Lane LANE = new Lane("p", Priority.INTERACTIVE);
  private static final Pool POOL =
      new Pool("p", Set.of("m"), "default", false, new Tier(600, 60_000, null, null));

  @Test
  void the_backlog_is_what_kafka_counts_less_what_has_begun_or_ended() {
    var lane = lane(sight(100, Set.of(), worker("a", 10, 4, 20), worker("b", 5, 1, 20)));
    assertThat(lane.backlog()).isEqualTo(80);
    assertThat(lane.inFlight()).isEqualTo(15);
    assertThat(lane.oldestAgeMs()).isEqualTo(7_000);
    // 80 requests at 600 a minute
    assertThat(lane.etaMs()).isEqualTo(8_000);
  }

  @Test
  void a_fleet_without_workers_still_has_its_backlog_and_its_age() {
    var overview = sight(9, Set.of());
    assertThat(lane(overview).backlog()).isEqualTo(9);
    assertThat(lane(overview).oldestAgeMs()).isEqualTo(60_000);
    assertThat(lane(overview).etaMs()).isNull();
    assertThat(overview.fleet().limitingFactor()).isEqualTo(LimitingFactor.CONCURRENCY);
    assertThat(overview.fleet().workers()).isZero();
  }

  @Test
  void workers_that_are_lost_or_stopped_are_shown_and_not_counted() {
    var lost = new SeenWorker(report("lost", 3, 0, 0, null), NOW, Duration.ofSeconds(6));
    var overview = overview(20, Set.of(), List.of(lost));
    assertThat(overview.workers()).extracting("state").containsExactly(SeenWorker.State.LOST);
    assertThat(overview.fleet().inFlight()).isZero();
    assertThat(lane(overview).backlog()).isEqualTo(20);
  }

  @Test
  void what_waits_only_in_paused_lanes_is_limited_by_that() {
    var overview = sight(50, Set.of(LANE), worker("a", 0, 0, 0));
    assertThat(lane(overview).paused()).isTrue();
    assertThat(lane(overview).limitingFactor()).isEqualTo(LimitingFactor.PAUSED);
    assertThat(lane(overview).etaMs()).isNull();
    assertThat(overview.fleet().limitingFactor()).isEqualTo(LimitingFactor.PAUSED);
  }

  @Test
  void the_budget_is_the_sum_of_what_workers_did_and_the_newest_state_of_what_they_share() {
    var pool =
        sight(50, Set.of(), worker("a", 10, 0, 20), worker("b", 10, 0, 20)).pools().getFirst();
    var tpm = pool.bandwidths().get(1);
    assertThat(tpm).isEqualTo(new Overview.BandwidthView("tpm", 60_000, 40_000, 2_000, 18_000));
    assertThat(pool.limitingFactor()).isEqualTo(LimitingFactor.TPM);
    assertThat(pool.meanLatencyMs()).isEqualTo(2_000);
    assertThat(pool.meanTokens()).isEqualTo(1_000);
    // 60 requests a minute by TPM, 2 s each: two at once, and head-room of three deviations
    assertThat(pool.usableConcurrency()).isEqualTo(7);
    assertThat(pool.circuit()).isEqualTo("closed");
  }

  @Test
  void an_open_circuit_goes_before_all() {
    var closed =
        new SeenWorker(report("a", 0, 0, 0, ErrorCode.INSUFFICIENT_QUOTA), NOW, Duration.ZERO);
    var pool = overview(50, Set.of(), List.of(closed)).pools().getFirst();
    assertThat(pool.circuit()).isEqualTo("open");
    assertThat(pool.circuitCode()).isEqualTo("insufficient_quota");
    assertThat(pool.limitingFactor()).isEqualTo(LimitingFactor.CIRCUIT_OPEN);
  }

  @Test
  void attempts_are_added_up_by_what_came_of_them() {
    var attempts = sight(0, Set.of(), worker("a", 0, 0, 0), worker("b", 0, 0, 0)).attempts();
    assertThat(attempts.perMinute()).isEqualTo(22);
    assertThat(attempts.retriesPerMinute()).isEqualTo(2);
    assertThat(attempts.byCode().getFirst()).isEqualTo(new Overview.CodeView("answered", 20));
  }

  @Test
  void requests_come_in_as_fast_as_the_ends_of_the_lanes_move() {
    var rates = new Rates();
    for (int second = 0; second <= 20; second++) {
      var counts = Map.of(LANE, new Backlogs.Count(0, second < 10 ? 0 : (second - 10) * 7));
      double rate = rates.accepted(counts, Duration.ofSeconds(second).toNanos());
      if (second == 0) assertThat(rate).isZero();
      if (second == 20) assertThat(rate).isEqualTo(7);
    }
  }

  private static Overview sight(long uncommitted, Set<Lane> paused, SeenWorker... workers) {
    return overview(uncommitted, paused, List.of(workers));
  }

  private static Overview overview(long uncommitted, Set<Lane> paused, List<SeenWorker> workers) {
    var length = new LaneLength(100, 1_000, 80, 800); // ten tokens each
    return new Sight(
            new Sight.Inputs(
                NOW,
                List.of(POOL),
                Pool::tier,
                paused::contains,
                Optional.empty(),
                new FleetStore.Fleet(workers, Map.of(LANE, length)),
                Map.of(LANE, new Backlogs.Count(uncommitted, 1_000)),
                1.5,
                _ -> NOW.minusSeconds(60),
                0))
        .overview();
  }

  private static Overview.LaneView lane(Overview overview) {
    return overview.lanes().getFirst();
  }

  private static SeenWorker worker(String id, int inFlight, int endedAhead, int waiting) {
    return new SeenWorker(report(id, inFlight, endedAhead, waiting, null), NOW, Duration.ZERO);
  }

  private static WorkerReport report(
      String id, int inFlight, int endedAhead, int waiting, @Nullable ErrorCode circuit) {
    var factor =
        waiting > 0
            ? LimitingFactor.TPM
            : inFlight > 0 ? LimitingFactor.PROVIDER_LATENCY : LimitingFactor.IDLE;
    var oldest = waiting > 0 ? NOW.minusSeconds(7) : null;
    return new WorkerReport(
        id,
        "instance",
        "1",
        "host",
        WorkerReport.State.RUNNING,
        NOW,
        inFlight,
        500,
        500,
        SetBy.DEFAULT,
        factor,
        List.of(new LaneReport(LANE, inFlight, waiting, oldest, endedAhead, 30, 20, factor)),
        List.of(
            new PoolReport(
                "p",
                factor,
                waiting,
                5,
                circuit,
                0,
                List.of(
                    new BandwidthReport(Bandwidth.RPM, 600, 5, 20, 1, 12, 0),
                    new BandwidthReport(Bandwidth.TPM, 60_000, -500, 20_000, 1_000, 1_200, 0)),
                10,
                20_000,
                10_000)),
        List.of(new AttemptCount("answered", 10, 0), new AttemptCount("server_error", 1, 1)),
        Map.of());
  }
}
