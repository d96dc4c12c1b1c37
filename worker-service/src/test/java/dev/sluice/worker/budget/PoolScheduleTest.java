package dev.sluice.worker.budget;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.budget.Bandwidth;
import dev.sluice.common.budget.Pool;
import dev.sluice.common.budget.Tier;
import dev.sluice.worker.budget.Reservation.Held;
import dev.sluice.worker.budget.Reservation.TooLarge;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class PoolScheduleTest {
  // 1,000 tokens and 10 requests a second; the whole line fits one slice and one horizon.
  private static final BudgetSettings SETTINGS =
      new BudgetSettings(1, 1, 1, Duration.ofDays(1), Duration.ofSeconds(2));
  private static final Pool POOL = new Pool("p", Set.of("m"), new Tier(600, 60_000, null));

  @Test
  void an_idle_pool_starts_a_request_at_once() throws Exception {
    try (var schedule = scheduleOf(new VirtualBuckets(60_000, 5_000), new VirtualBuckets(600, 5))) {
      assertThat(schedule.reserve(5_000).get(5, SECONDS))
          .isEqualTo(new Held("p", 5_000, Duration.ZERO));
    }
  }

  @Test
  void requests_start_in_order_as_fast_as_tokens_refill() throws Exception {
    try (var schedule = scheduleOf(new VirtualBuckets(60_000, 0), new VirtualBuckets(600, 1_000))) {
      var answers = new ArrayList<CompletableFuture<Reservation>>();
      for (int i = 0; i < 10; i++) answers.add(schedule.reserve(100));
      for (int i = 0; i < 10; i++)
        assertThat(startOf(answers.get(i))).isEqualTo(Duration.ofMillis(100L * (i + 1)));
    }
  }

  @Test
  void the_scarcer_bandwidth_sets_the_start() throws Exception {
    try (var schedule =
        scheduleOf(new VirtualBuckets(60_000, 60_000), new VirtualBuckets(600, 0))) {
      var first = schedule.reserve(1);
      var second = schedule.reserve(1);
      assertThat(startOf(first)).isEqualTo(Duration.ofMillis(100));
      assertThat(startOf(second)).isEqualTo(Duration.ofMillis(200));
    }
  }

  @Test
  void a_request_that_can_never_fit_is_refused_with_its_figures() throws Exception {
    try (var schedule = scheduleOf(new VirtualBuckets(60_000, 0), new VirtualBuckets(600, 0))) {
      assertThat(schedule.reserve(60_001).get(5, SECONDS)).isEqualTo(new TooLarge(60_001, 60_000));
    }
  }

  @Test
  void what_is_given_back_is_there_for_others() throws Exception {
    var tokens = new VirtualBuckets(60_000, 1_000);
    var requests = new VirtualBuckets(600, 10);
    try (var schedule = scheduleOf(tokens, requests)) {
      schedule.giveBack((Held) schedule.reserve(700).get(5, SECONDS));
      assertThat(tokens.level()).isEqualTo(1_000);
      assertThat(requests.level()).isEqualTo(10);
    }
  }

  @Test
  void a_request_that_leaves_the_line_costs_nothing() throws Exception {
    var gate = new CountDownLatch(1);
    var tokens = new VirtualBuckets(60_000, 1_000);
    DebtBucket slow = gated(tokens, gate);
    try (var schedule = new PoolSchedule(POOL, Map.of(Bandwidth.TPM, slow), SETTINGS, () -> 0)) {
      var first = schedule.reserve(100);
      var leaving = schedule.reserve(500);
      leaving.cancel(false);
      var last = schedule.reserve(100);
      gate.countDown();
      assertThat(startOf(first)).isZero();
      assertThat(startOf(last)).isZero();
      assertThat(tokens.level()).isEqualTo(800);
    }
  }

  private static DebtBucket gated(VirtualBuckets tokens, CountDownLatch gate) {
    return new DebtBucket() {
      @Override
      public CompletableFuture<Duration> consume(long amount) {
        return CompletableFuture.supplyAsync(
                () -> {
                  try {
                    return gate.await(5, SECONDS);
                  } catch (InterruptedException interrupted) {
                    throw new IllegalStateException(interrupted);
                  }
                })
            .thenCompose(_ -> tokens.consume(amount));
      }

      @Override
      public CompletableFuture<Void> giveBack(long amount) {
        return tokens.giveBack(amount);
      }
    };
  }

  private static PoolSchedule scheduleOf(VirtualBuckets tokens, VirtualBuckets requests) {
    return new PoolSchedule(
        POOL, Map.of(Bandwidth.TPM, tokens, Bandwidth.RPM, requests), SETTINGS, () -> 0);
  }

  private static Duration startOf(CompletableFuture<Reservation> answer) throws Exception {
    return ((Held) answer.get(5, SECONDS)).startIn();
  }
}
