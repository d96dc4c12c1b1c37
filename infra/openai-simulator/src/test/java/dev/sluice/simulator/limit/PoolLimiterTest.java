package dev.sluice.simulator.limit;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.simulator.limit.Verdict.Admitted;
import dev.sluice.simulator.limit.Verdict.Refused;
import dev.sluice.simulator.limit.Verdict.TooLarge;
import org.junit.jupiter.api.Test;

class PoolLimiterTest {
  @Test
  void a_refusal_charges_no_bandwidth() {
    var pool = pool(new Limits(10, 100, 10));
    pool.admit(90, 0);

    assertThat(pool.admit(20, 0)).isInstanceOf(Refused.class);

    assertThat(pool.levels(0).requests().orElseThrow().remaining()).isEqualTo(9);
    assertThat(pool.admit(10, 0)).isInstanceOf(Admitted.class);
  }

  @Test
  void the_bandwidth_with_the_longest_wait_is_named() {
    var pool = pool(new Limits(60, 600, 1));
    pool.admit(600, 0);

    var refused = (Refused) pool.admit(600, 0);

    assertThat(refused.limitedBy()).isEqualTo(Bandwidth.REQUESTS_PER_DAY);
    assertThat(refused.waitNanos()).isEqualTo(SECONDS.toNanos(86_400));
  }

  @Test
  void more_than_the_limit_is_too_large_even_when_nothing_is_used() {
    var verdict = pool(new Limits(0, 30_000, 0)).admit(36_055, 0);

    assertThat(verdict)
        .isInstanceOfSatisfying(
            TooLarge.class,
            tooLarge -> {
              assertThat(tooLarge.limit()).isEqualTo(30_000);
              assertThat(tooLarge.requested()).isEqualTo(36_055);
            });
  }

  @Test
  void zero_means_no_limit() {
    var pool = pool(new Limits(0, 0, 0));

    assertThat(pool.admit(1_000_000_000, 0)).isInstanceOf(Admitted.class);
    assertThat(pool.levels(0).tokens()).isEmpty();
  }

  @Test
  void an_unsuccessful_request_uses_a_request_but_never_more_than_there_are() {
    var pool = pool(new Limits(2, 100, 0));

    pool.countUnsuccessful(0);
    pool.countUnsuccessful(0);
    pool.countUnsuccessful(0);

    var refused = (Refused) pool.admit(1, 0);
    assertThat(refused.used()).isEqualTo(2);
    assertThat(refused.waitNanos()).isEqualTo(SECONDS.toNanos(30));
  }

  @Test
  void compressed_time_shortens_the_minute() {
    var pool = new PoolLimiter(new Limits(0, 600, 0), LimiterKind.BUCKET, 60, 0);
    pool.admit(600, 0);

    var refused = (Refused) pool.admit(600, 0);

    assertThat(refused.waitNanos()).isEqualTo(SECONDS.toNanos(1));
  }

  @Test
  void the_largest_published_limits_do_not_overflow() {
    var pool = pool(new Limits(10_000_000_000L, 10_000_000_000L, 100_000_000));
    pool.admit(10_000_000_000L, 0);

    var refused = (Refused) pool.admit(10_000_000_000L, SECONDS.toNanos(30));

    assertThat(refused.waitNanos()).isEqualTo(SECONDS.toNanos(30));
  }

  private static PoolLimiter pool(Limits limits) {
    return new PoolLimiter(limits, LimiterKind.BUCKET, 1, 0);
  }
}
