package dev.sluice.worker.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.message.ConcurrencySet;
import dev.sluice.common.message.LanePaused;
import dev.sluice.common.message.SettingChange;
import dev.sluice.common.message.WorkerConcurrencySet;
import dev.sluice.common.message.WorkerDrain;
import dev.sluice.common.message.WorkerReport.SetBy;
import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.Priority;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WantedTest {
  private static final Lane LANE = new Lane("p", Priority.BACKGROUND);

  @Test
  void what_is_configured_counts_where_nothing_is_set() {
    var wanted = wanted();
    assertThat(wanted.concurrency()).isEqualTo(500);
    assertThat(wanted.concurrencySetBy()).isEqualTo(SetBy.DEFAULT);
    assertThat(wanted.drained()).isFalse();
    assertThat(wanted.paused()).isEmpty();
  }

  @Test
  void a_worker_s_own_concurrency_goes_before_that_of_the_fleet() {
    assertThat(wanted(fleet(20)).concurrency()).isEqualTo(20);
    assertThat(wanted(fleet(20)).concurrencySetBy()).isEqualTo(SetBy.FLEET);
    var own = wanted(own("w", 5), fleet(20), own("another", 7));
    assertThat(own.concurrency()).isEqualTo(5);
    assertThat(own.concurrencySetBy()).isEqualTo(SetBy.WORKER);
  }

  @Test
  void what_was_taken_back_counts_no_more() {
    assertThat(wanted(own("w", null), fleet(20)).concurrency()).isEqualTo(20);
    assertThat(wanted(fleet(null)).concurrency()).isEqualTo(500);
  }

  @Test
  void a_drain_is_for_the_worker_that_it_names() {
    assertThat(wanted(drain("w", true)).drained()).isTrue();
    assertThat(wanted(drain("another", true)).drained()).isFalse();
    assertThat(wanted(drain("w", false)).drained()).isFalse();
  }

  @Test
  void a_lane_is_paused_until_it_goes_on() {
    assertThat(wanted(new LanePaused(LANE, true, "ops", Instant.EPOCH, Map.of())).paused())
        .containsExactly(LANE);
    assertThat(wanted(new LanePaused(LANE, false, "ops", Instant.EPOCH, Map.of())).paused())
        .isEmpty();
  }

  private static Wanted wanted(SettingChange... settings) {
    return Wanted.of(List.of(settings), "w", 500);
  }

  private static SettingChange fleet(@Nullable Integer concurrency) {
    return new ConcurrencySet(concurrency, "ops", Instant.EPOCH, Map.of());
  }

  private static SettingChange own(String worker, @Nullable Integer concurrency) {
    return new WorkerConcurrencySet(worker, concurrency, "ops", Instant.EPOCH, Map.of());
  }

  private static SettingChange drain(String worker, boolean drain) {
    return new WorkerDrain(worker, drain, "ops", Instant.EPOCH, Map.of());
  }
}
