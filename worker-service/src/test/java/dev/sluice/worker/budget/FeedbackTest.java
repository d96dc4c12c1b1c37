package dev.sluice.worker.budget;

import static dev.sluice.worker.budget.BudgetFixtures.MIDNIGHT;
import static dev.sluice.worker.budget.BudgetFixtures.SECOND;
import static dev.sluice.worker.budget.BudgetFixtures.wants;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.budget.Bandwidth;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One worker that saturates its pool, and a provider that counts in a bucket, in virtual time. */
class FeedbackTest {
  private static final long TPM = 600_000;
  private static final long CHARGE = 1_000;
  private static final BudgetSettings SETTINGS = BudgetFixtures.settings();
  private static final Map<Bandwidth, Long> LIMITS = BudgetFixtures.limits(100_000, TPM);

  private final PoolState pool = PoolState.unknown(SETTINGS, LIMITS, 1, MIDNIGHT);
  private long now = MIDNIGHT;
  private double usedAtProvider;
  private long refusals;
  private long admitted;

  @Test
  void a_co_tenant_is_given_its_share_without_a_single_refusal() {
    run(60, 0);
    assertThat(pool.yielded()).isZero();
    run(300, 0.3);
    assertThat(refusals).isZero();
    admitted = 0;
    run(60, 0.3);
    assertThat((double) admitted / TPM).isBetween(0.66, 0.72);
    assertThat(pool.yielded()).isBetween(0.25, 0.35);
  }

  @Test
  void its_share_comes_back_when_the_co_tenant_leaves() {
    run(60, 0);
    run(180, 0.3);
    run(240, 0);
    admitted = 0;
    run(60, 0);
    assertThat(refusals).isZero();
    assertThat((double) admitted / TPM).isGreaterThan(0.98);
  }

  @Test
  void a_bucket_at_the_provider_lets_an_idle_pool_spend_more_at_once() {
    now += 60 * SECOND;
    pool.moveTo(now);
    assertThat(startOf(60_000)).isPositive(); // a tenth of a minute, nothing is proven yet
    for (int i = 0; i < 5; i++) observeAfterASecond(new Levels.Level(TPM, TPM - 600, ms(60)));
    now += 60 * SECOND;
    pool.moveTo(now);
    assertThat(startOf(60_000)).isZero();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.5, 0.8})
  void a_large_request_of_our_own_is_nobody_elses(double share) {
    long charge = (long) (TPM * share);
    for (int i = 0; i < 6; i++) {
      now += 60 * SECOND;
      pool.moveTo(now);
      pool.observe(
          new Levels(null, new Levels.Level(TPM, TPM - charge, ms((long) (share * 60_000)))),
          charge,
          0,
          0);
      assertThat(pool.yielded()).isZero();
    }
    assertThat(pool.feedback().hasHeadroom(now)).isTrue();
  }

  @Test
  void a_co_tenant_that_nobody_has_told_of_for_a_minute_is_forgotten() {
    run(60, 0);
    run(300, 0.3);
    now += 120 * SECOND;
    pool.moveTo(now);
    assertThat(pool.yielded()).isZero();
  }

  @Test
  void a_window_at_the_provider_proves_no_headroom() {
    for (int i = 0; i < 10; i++) observeAfterASecond(new Levels.Level(TPM, TPM, ms(59_900)));
    for (int i = 0; i < 10; i++) observeAfterASecond(new Levels.Level(TPM, TPM - 600, ms(59_900)));
    assertThat(pool.feedback().countsInWindow()).isTrue();
    assertThat(pool.feedback().hasHeadroom(now)).isFalse();
  }

  @Test
  void a_refusal_holds_everybody_back_until_the_provider_said() {
    now += 60 * SECOND;
    pool.moveTo(now);
    pool.refused(8 * SECOND, false);
    assertThat(pool.reserve(1, wants(1, CHARGE), List.of()).isEmpty()).isTrue();
    now += 7 * SECOND;
    pool.moveTo(now);
    assertThat(pool.reserve(1, wants(1, CHARGE), List.of()).isEmpty()).isTrue();
    now += 3 * SECOND / 2;
    pool.moveTo(now);
    assertThat(startOf(CHARGE)).isLessThan(SECOND);
  }

  @Test
  void after_a_refusal_the_pool_climbs_back_within_a_minute() {
    pool.refused(SECOND, true);
    assertThat(pool.feedback().share(now)).isEqualTo(0.5);
    assertThat(pool.feedback().share(now + 30 * SECOND)).isEqualTo(0.75);
    assertThat(pool.feedback().share(now + 60 * SECOND)).isEqualTo(1);
  }

  @Test
  void a_lower_limit_of_the_provider_is_obeyed_and_a_higher_one_is_not_taken() {
    observeAfterASecond(new Levels.Level(TPM / 2, TPM / 2, ms(0)));
    assertThat(pool.limits()).containsEntry(Bandwidth.TPM, TPM / 2);
    observeAfterASecond(new Levels.Level(TPM * 2, TPM * 2, ms(0)));
    assertThat(pool.limits()).containsEntry(Bandwidth.TPM, TPM);
  }

  /** Both draw on the provider for a while; every answer tells its counters. */
  private void run(int seconds, double coTenant) {
    long turnAt = now;
    var starts = new java.util.PriorityQueue<Long>();
    for (long end = now + seconds * SECOND; now < end; now += SECOND / 100) {
      usedAtProvider = Math.max(0, usedAtProvider - TPM / 6_000.0) + coTenant * TPM / 6_000.0;
      if (turnAt <= now) {
        pool.moveTo(now);
        var slice = pool.reserve(1, wants(64, CHARGE), List.of());
        slice.interactive().forEach(start -> starts.add(now + start.inNanos()));
        turnAt = now + Math.max(SECOND / 100, slice.lastStartIn() - 2 * SECOND / 5);
      }
      while (!starts.isEmpty() && starts.peek() <= now) {
        starts.remove();
        call();
      }
    }
  }

  private void call() {
    if (usedAtProvider + CHARGE > TPM) {
      refusals++;
      return;
    }
    usedAtProvider += CHARGE;
    admitted += CHARGE;
    pool.moveTo(now);
    pool.observe(
        new Levels(
            null,
            new Levels.Level(
                TPM,
                TPM - (long) usedAtProvider,
                Duration.ofNanos((long) (usedAtProvider / TPM * 60 * SECOND)))),
        CHARGE,
        0,
        0);
  }

  private void observeAfterASecond(Levels.Level tokens) {
    now += SECOND;
    pool.moveTo(now);
    pool.observe(new Levels(null, tokens), 600, 0, 0);
    pool.moveTo(now);
  }

  private long startOf(long charge) {
    return pool.reserve(1, wants(1, charge), List.of()).interactive().getFirst().inNanos();
  }

  private static Duration ms(long ms) {
    return Duration.ofMillis(ms);
  }
}
