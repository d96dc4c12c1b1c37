package dev.sluice.simulator.limit;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BucketMeterTest {
  private static final long MINUTE_MICROS = 60_000_000;

  @Test
  void a_published_429_has_the_same_wait() {
    // Limit 30000, Used 14567, Requested 24754. Please try again in 18.642s.
    var meter = bucket(30_000);
    meter.charge(14_567, 0);

    assertThat(meter.waitFor(24_754, 0)).isEqualTo(MILLISECONDS.toNanos(18_642));
  }

  @Test
  void a_published_429_of_requests_has_the_same_wait() {
    // Limit 3, Used 3, Requested 1. Please try again in 20s.
    var meter = bucket(3);
    meter.charge(3, 0);

    assertThat(meter.waitFor(1, 0)).isEqualTo(SECONDS.toNanos(20));
  }

  @Test
  void use_drains_continuously() {
    var meter = bucket(60);
    meter.charge(60, 0);

    assertThat(meter.used(SECONDS.toNanos(10))).isEqualTo(50);
    assertThat(meter.used(SECONDS.toNanos(10) + 500_000_000)).isEqualTo(50); // 49.5, rounded up
    assertThat(meter.remaining(SECONDS.toNanos(60))).isEqualTo(60);
  }

  @Test
  void it_never_holds_more_than_its_capacity_however_long_it_is_idle() {
    var meter = bucket(100);

    assertThat(meter.remaining(SECONDS.toNanos(1_000_000))).isEqualTo(100);
  }

  @Test
  void reading_it_often_loses_nothing() {
    var meter = bucket(200_000);
    meter.charge(200_000, 0);

    for (long now = 0; now < SECONDS.toNanos(30); now += 999_983) {
      meter.used(now);
    }

    assertThat(meter.used(SECONDS.toNanos(30))).isEqualTo(100_000);
  }

  @Test
  void until_full_is_the_time_to_drain_everything() {
    var meter = bucket(150_000);
    meter.charge(15, 0);

    assertThat(meter.untilFull(0)).isEqualTo(MILLISECONDS.toNanos(6));
  }

  @Test
  void a_refund_makes_room_at_once() {
    var meter = bucket(100);
    var charge = meter.charge(100, 0);

    meter.refund(charge, 40, 0);

    assertThat(meter.waitFor(40, 0)).isZero();
    assertThat(meter.waitFor(41, 0)).isPositive();
  }

  @Test
  void no_refund_exceeds_its_charge() {
    var meter = bucket(100);
    meter.charge(50, 0);
    var charge = meter.charge(10, 0);

    meter.refund(charge, 60, 0);

    assertThat(meter.used(0)).isEqualTo(50);
  }

  @Test
  void quanta_allow_one_second_of_the_limit_at_once() {
    var meter = new BucketMeter(6_000, 100, MINUTE_MICROS, 0);
    meter.charge(100, 0);

    assertThat(meter.waitFor(1, 0)).isEqualTo(MILLISECONDS.toNanos(10));
    assertThat(meter.waitFor(100, 0)).isEqualTo(SECONDS.toNanos(1));
  }

  @Test
  void a_request_larger_than_a_quantum_needs_an_unused_bucket_and_leaves_it_in_debt() {
    var meter = new BucketMeter(6_000, 100, MINUTE_MICROS, 0);

    assertThat(meter.waitFor(500, 0)).isZero();
    meter.charge(500, 0);

    assertThat(meter.waitFor(1, 0)).isEqualTo(MILLISECONDS.toNanos(4_010));
    assertThat(meter.waitFor(500, 0)).isEqualTo(SECONDS.toNanos(5));
  }

  private static BucketMeter bucket(long limit) {
    return new BucketMeter(limit, limit, MINUTE_MICROS, 0);
  }
}
