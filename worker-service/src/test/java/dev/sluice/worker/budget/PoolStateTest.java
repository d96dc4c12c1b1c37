package dev.sluice.worker.budget;

import static dev.sluice.worker.budget.BudgetFixtures.MIDNIGHT;
import static dev.sluice.worker.budget.BudgetFixtures.SECOND;
import static dev.sluice.worker.budget.BudgetFixtures.wants;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.budget.Bandwidth;
import dev.sluice.common.error.ErrorCode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PoolStateTest {
  // 1,000 tokens and 10 requests a second
  private static final BudgetSettings SETTINGS = BudgetFixtures.settings(1, 0.02);
  private static final Map<Bandwidth, Long> LIMITS = BudgetFixtures.limits(600, 60_000);

  private final PoolState pool = PoolState.unknown(SETTINGS, LIMITS, 1, MIDNIGHT);

  @Test
  void an_idle_pool_starts_a_request_at_once() {
    pool.moveTo(MIDNIGHT + 60 * SECOND);
    assertThat(pool.reserve(1, wants(1, 1_000), List.of()).interactive().getFirst())
        .isEqualTo(new PoolState.Start(0, null, false, false, null));
  }

  @Test
  void a_new_pool_begins_in_debt_so_that_a_lost_one_is_no_burst() {
    pool.moveTo(MIDNIGHT);
    assertThat(pool.buckets().available(Bandwidth.TPM)).isEqualTo(-400);
    assertThat(pool.buckets().available(Bandwidth.RPM)).isEqualTo(-4);
  }

  @Test
  void the_scarcer_bandwidth_sets_the_start() {
    pool.moveTo(MIDNIGHT + 60 * SECOND);
    for (int i = 0; i < 12; i++) starts(1); // the burst
    assertThat(starts(1).getFirst().limitedBy()).isEqualTo(Bandwidth.RPM);
  }

  @Test
  void a_request_is_charged_in_every_bandwidth_and_given_back_in_every_one() {
    pool.moveTo(MIDNIGHT + 60 * SECOND);
    pool.reserve(1, wants(1, 1_000), List.of());
    assertThat(pool.buckets().available(Bandwidth.TPM)).isEqualTo(200);
    assertThat(pool.buckets().available(Bandwidth.RPM)).isEqualTo(11);
    pool.giveBack(pool.now(), 1_000, false);
    assertThat(pool.buckets().available(Bandwidth.TPM)).isEqualTo(1_200);
    assertThat(pool.buckets().available(Bandwidth.RPM)).isEqualTo(12);
  }

  @Test
  void a_day_may_begin_with_all_its_requests_and_ends_with_them() {
    var limits = BudgetFixtures.limits(600, 60_000);
    limits.put(Bandwidth.RPD, 700L);
    var daily = PoolState.unknown(SETTINGS, limits, 1, MIDNIGHT);
    long granted = 0;
    for (int second = 0; second < 600; second++) {
      daily.moveTo(MIDNIGHT + second * SECOND);
      granted += daily.reserve(1, wants(20, 10L), List.of()).interactive().size();
    }
    // 700, and what ten minutes of the next day's refill are worth, and the last slice
    assertThat(granted).isBetween(700L, 710L);
  }

  @Test
  void nobody_reserves_while_the_pool_is_spent_a_horizon_ahead() {
    pool.moveTo(MIDNIGHT + 60 * SECOND);
    pool.reserve(1, wants(1, 20_000), List.of()); // 19 s
    var slice = pool.reserve(1, wants(1, 1), List.of());
    assertThat(slice.isEmpty()).isTrue();
    assertThat(slice.againInNanos()).isPositive();
  }

  @Test
  void interactive_requests_go_before_background_ones() {
    pool.moveTo(MIDNIGHT + 60 * SECOND);
    var slice = pool.reserve(1, wants(1, 100), wants(1, 100));
    assertThat(slice.interactive()).hasSize(1);
    assertThat(shareOfBackground(30)).isBetween(0.08, 0.12);
  }

  @Test
  void background_requests_keep_their_share_on_a_worker_that_has_no_others() {
    long interactive = 0;
    long background = 0;
    for (int tenth = 1; tenth <= 300; tenth++) {
      pool.moveTo(MIDNIGHT + 60 * SECOND + tenth * SECOND / 10);
      interactive += pool.reserve(1, wants(64, 500), List.of()).interactive().size();
      background += pool.reserve(2, List.of(), wants(64, 500)).background().size();
    }
    assertThat((double) background / (interactive + background)).isBetween(0.08, 0.12);
  }

  @Test
  void background_requests_have_all_that_nobody_else_wants() {
    long granted = 0;
    for (int tenth = 0; tenth < 300; tenth++) {
      pool.moveTo(MIDNIGHT + (long) (tenth / 10.0 * SECOND));
      granted += pool.reserve(1, List.of(), wants(64, 1_000L)).background().size();
    }
    assertThat(granted).isBetween(28L, 36L); // 30 s of 1,000 tokens, and 5 s ahead
  }

  @Test
  void an_open_circuit_refuses_everything_but_a_probe_now_and_then() {
    pool.moveTo(MIDNIGHT + 60 * SECOND);
    assertThat(pool.open(ErrorCode.INSUFFICIENT_QUOTA, false)).isTrue();
    assertThat(starts(2)).allMatch(it -> it.refused() == ErrorCode.INSUFFICIENT_QUOTA);
    pool.moveTo(MIDNIGHT + 76 * SECOND);
    var starts = starts(2);
    assertThat(starts.getFirst().probe()).isTrue();
    assertThat(starts.getLast().refused()).isEqualTo(ErrorCode.INSUFFICIENT_QUOTA);
  }

  @Test
  void a_failed_probe_makes_the_next_one_later_and_a_good_one_opens_the_pool() {
    pool.moveTo(MIDNIGHT + 60 * SECOND);
    pool.open(ErrorCode.INSUFFICIENT_QUOTA, false);
    pool.moveTo(MIDNIGHT + 76 * SECOND);
    starts(1);
    pool.open(ErrorCode.INSUFFICIENT_QUOTA, true);
    pool.moveTo(MIDNIGHT + 100 * SECOND);
    assertThat(starts(1).getFirst().probe()).isFalse();
    pool.moveTo(MIDNIGHT + 107 * SECOND);
    assertThat(starts(1).getFirst().probe()).isTrue();
    assertThat(pool.close()).isTrue();
    assertThat(starts(1).getFirst().refused()).isNull();
  }

  @Test
  void it_is_the_same_after_a_round_trip_through_redis() {
    pool.moveTo(MIDNIGHT + 60 * SECOND);
    pool.reserve(1, wants(1, 500), List.of());
    pool.open(ErrorCode.PROVIDER_CREDENTIALS_REJECTED, false);
    var bytes = pool.encode();
    var read = PoolState.decode(bytes, SETTINGS, LIMITS).orElseThrow();
    assertThat(read.encode()).isEqualTo(bytes);
    assertThat(read.circuit()).contains(ErrorCode.PROVIDER_CREDENTIALS_REJECTED);
  }

  @Test
  void bytes_of_another_format_are_not_guessed_at() {
    assertThat(PoolState.decode(new byte[] {9, 1, 2}, SETTINGS, LIMITS)).isEmpty();
    assertThat(PoolState.decode(new byte[] {1, 1, 2}, SETTINGS, LIMITS)).isEmpty();
  }

  @Test
  void a_lowered_limit_slows_the_pool_and_keeps_its_debt() {
    pool.moveTo(MIDNIGHT + 60 * SECOND);
    pool.reserve(1, wants(1, 3_200), List.of()); // 2 s of debt
    var bytes = pool.encode();
    var halved =
        PoolState.decode(bytes, SETTINGS, BudgetFixtures.limits(600, 30_000)).orElseThrow();
    halved.moveTo(MIDNIGHT + 60 * SECOND);
    assertThat(halved.buckets().earliest(1, MIDNIGHT + 60 * SECOND, 0).inNanos())
        .isBetween(4 * SECOND, 4 * SECOND + SECOND / 100);
  }

  private List<PoolState.Start> starts(int requests) {
    return pool.reserve(1, wants(requests, 10L), List.of()).interactive();
  }

  /** Both lines are full for a while. */
  private double shareOfBackground(int seconds) {
    long interactive = 0;
    long background = 0;
    for (int tenth = 1; tenth <= seconds * 10; tenth++) {
      pool.moveTo(MIDNIGHT + 60 * SECOND + tenth * SECOND / 10);
      var slice = pool.reserve(1, wants(64, 500L), wants(64, 500L));
      interactive += slice.interactive().size();
      background += slice.background().size();
    }
    return (double) background / (interactive + background);
  }
}
