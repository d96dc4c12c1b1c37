package dev.sluice.simulator.limit;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WindowMeterTest {
  private final WindowMeter meter = new WindowMeter(100, SECONDS.toNanos(60));

  @Test
  void nothing_comes_back_before_a_whole_window() {
    meter.charge(100, 0);

    assertThat(meter.used(SECONDS.toNanos(60) - 1)).isEqualTo(100);
    assertThat(meter.used(SECONDS.toNanos(60))).isZero();
  }

  @Test
  void the_wait_ends_when_enough_old_charges_leave() {
    meter.charge(30, 0);
    meter.charge(30, SECONDS.toNanos(10));
    meter.charge(40, SECONDS.toNanos(20));

    assertThat(meter.waitFor(30, SECONDS.toNanos(30))).isEqualTo(SECONDS.toNanos(30));
    assertThat(meter.waitFor(31, SECONDS.toNanos(30))).isEqualTo(SECONDS.toNanos(40));
  }

  @Test
  void until_full_is_when_the_newest_charge_leaves() {
    meter.charge(1, 0);
    meter.charge(1, SECONDS.toNanos(7));

    assertThat(meter.untilFull(SECONDS.toNanos(10))).isEqualTo(SECONDS.toNanos(57));
  }

  @Test
  void a_refund_of_an_expired_charge_gives_nothing() {
    var old = meter.charge(60, 0);
    meter.charge(100, SECONDS.toNanos(60));

    meter.refund(old, 60, SECONDS.toNanos(61));

    assertThat(meter.used(SECONDS.toNanos(61))).isEqualTo(100);
  }
}
