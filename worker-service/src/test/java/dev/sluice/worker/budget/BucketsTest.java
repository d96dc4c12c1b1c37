package dev.sluice.worker.budget;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.budget.Bandwidth;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BucketsTest {
  private static final long RPD = 10_000;
  private static final long NOON = Duration.ofHours(12).toNanos();

  @Test
  void a_day_grants_no_more_where_a_minute_is_refilled_faster() {
    var limits = Map.of(Bandwidth.RPD, RPD);
    var buckets = Buckets.empty(BudgetFixtures.settings(), limits, 0);
    buckets.adapt(limits, 1.02, BudgetFixtures.settings().burst(), 0);
    long spent = buckets.available(Bandwidth.RPD);
    for (long i = 0; i < spent; i++) buckets.take(1);
    buckets.refill(NOON);
    assertThat(buckets.available(Bandwidth.RPD)).isBetween(RPD * 49 / 100, RPD / 2);
  }
}
