package dev.sluice.worker.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RedisClockTest {
  private static final long MS = 1_000_000L;
  private static final long EPOCH = 1_800_000_000_000L * MS;

  private long nanos;
  private final RedisClock clock = new RedisClock(() -> nanos);

  @Test
  void it_knows_nothing_until_redis_has_answered() {
    assertThat(clock.isKnown()).isFalse();
    exchange(1, 1);
    assertThat(clock.isKnown()).isTrue();
  }

  @Test
  void it_is_right_to_half_a_round_trip() {
    exchange(3, 1);
    assertThat(clock.at(nanos)).isCloseTo(EPOCH + nanos, within(2 * MS));
  }

  @Test
  void a_slow_answer_does_not_spoil_a_good_one() {
    exchange(1, 1);
    exchange(1, 99);
    assertThat(clock.at(nanos)).isCloseTo(EPOCH + nanos, within(MS));
  }

  @Test
  void a_clock_that_was_moved_is_followed_at_once() {
    exchange(1, 1);
    long sentAt = nanos;
    nanos += MS;
    clock.learn(sentAt, EPOCH + nanos - 60_000 * MS);
    assertThat(clock.at(nanos)).isCloseTo(EPOCH + nanos - 60_000 * MS, within(MS));
  }

  /** Redis's clock shows EPOCH and what the monotonic one shows. */
  private void exchange(long thereMs, long backMs) {
    long sentAt = nanos;
    nanos += thereMs * MS;
    long atRedis = EPOCH + nanos;
    nanos += backMs * MS;
    clock.learn(sentAt, atRedis);
  }
}
