package dev.sluice.worker.lease;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.common.message.DeadLetter.FailedAttempt;
import dev.sluice.worker.TestingStack;
import dev.sluice.worker.lease.Taking.AlreadyDone;
import dev.sluice.worker.lease.Taking.HeldElsewhere;
import dev.sluice.worker.lease.Taking.Taken;
import io.lettuce.core.RedisClient;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;

class LeasesTest {
  private final String requestId = "resp_" + UUID.randomUUID();
  private RedisClient redis;
  private Leases worker;
  private Leases other;

  @BeforeEach
  void connect() throws Exception {
    redis = RedisClient.create(TestingStack.redis());
    worker = aWorker();
    other = aWorker();
  }

  @AfterEach
  void disconnect() {
    worker.close();
    other.close();
    redis.shutdown();
  }

  @Test
  void a_request_has_one_owner() {
    assertThat(take(worker).before()).isEqualTo(LeaseState.NONE);
    assertThat(other.take(requestId, Life.FIRST)).isInstanceOf(HeldElsewhere.class);
    assertThat(worker.take(requestId, Life.FIRST)).isInstanceOf(HeldElsewhere.class);
  }

  @Test
  void a_request_that_is_given_back_goes_to_another_at_once() {
    var first = take(worker);
    first.lease().close();
    var second = takeOnceGivenBack(other);
    assertThat(second.lease().fence()).isGreaterThan(first.lease().fence());
    assertThat(second.before()).isEqualTo(LeaseState.HELD);
  }

  @Test
  void a_new_owner_learns_how_far_the_old_one_got() {
    try (var lease = take(worker).lease()) {
      assertThat(lease.nextAttempt()).isEqualTo(1);
      assertThat(lease.nextAttempt()).isEqualTo(2);
    }
    var taken = takeOnceGivenBack(other);
    assertThat(taken.before()).isEqualTo(LeaseState.CALLING);
    assertThat(taken.lease().attempt()).isEqualTo(2);
    assertThat(taken.lease().nextAttempt()).isEqualTo(3);
  }

  @Test
  void a_new_owner_learns_that_nobody_may_call_it_again() {
    try (var lease = take(worker).lease()) {
      lease.nextAttempt();
      lease.failed("provider_unavailable");
      lease.settingAside();
    }
    var taken = takeOnceGivenBack(other);
    assertThat(taken.before()).isEqualTo(LeaseState.SETTING_ASIDE);
    assertThat(taken.lease().history()).hasSize(1);
  }

  @Test
  void an_end_is_remembered() {
    try (var lease = take(worker).lease()) {
      lease.nextAttempt();
      lease.answering();
      lease.done();
    }
    assertThat(other.take(requestId, Life.FIRST)).isInstanceOf(AlreadyDone.class);
  }

  @Test
  void a_replaced_owner_may_not_call() {
    var old = take(worker).lease();
    redis.connect().sync().hset("sluice:lease:" + requestId, "until", "0");
    take(other);
    assertThatThrownBy(old::nextAttempt).isInstanceOf(FencedException.class);
  }

  @Test
  void a_holder_keeps_its_request_when_redis_has_forgotten_it() {
    var lease = take(worker).lease();
    lease.nextAttempt();
    redis.connect().sync().del("sluice:lease:" + requestId);
    assertThat(lease.nextAttempt()).isEqualTo(2);
    assertThat(other.take(requestId, Life.FIRST)).isInstanceOf(Taking.HeldElsewhere.class);
  }

  @Test
  void fencing_tokens_grow_even_where_redis_has_forgotten_the_last_one() {
    var before = take(worker).lease();
    redis.connect().sync().del("sluice:lease:" + requestId);
    assertThat(take(other).lease().fence()).isGreaterThanOrEqualTo(before.fence());
  }

  @Test
  void a_replaced_owner_is_told_by_the_next_renewal() throws Exception {
    var told = new CountDownLatch(1);
    var old = take(worker).lease();
    old.onFenced(told::countDown);
    redis.connect().sync().hset("sluice:lease:" + requestId, "until", "0");
    take(other);
    assertThat(told.await(5, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void a_lease_outlives_its_ttl_as_long_as_its_owner_renews_it() throws Exception {
    take(worker);
    var commands = redis.connect().sync();
    var key = "sluice:lease:" + requestId;
    var first = Long.parseLong(commands.hget(key, "until"));
    var deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    while (Long.parseLong(commands.hget(key, "until")) <= first)
      assertThat(System.nanoTime()).isLessThan(deadline);
  }

  @Test
  void a_request_that_its_owners_die_of_is_spent_and_what_happened_is_told() {
    take(worker).lease().nextAttempt();
    for (int deaths = 1; deaths <= 3; deaths++) {
      redis.connect().sync().hset("sluice:lease:" + requestId, "until", "1"); // it expired
      var taken = take(other);
      assertThat(taken.isSpent()).isEqualTo(deaths == 3);
      assertThat(taken.lease().history()).hasSize(deaths);
      assertThat(taken.lease().history()).extracting("code").containsOnly("worker_lost");
    }
  }

  @Test
  void a_request_that_is_given_back_again_and_again_is_not_spent() {
    for (int i = 0; i < 5; i++) takeOnceGivenBack(worker).lease().close();
    assertThat(takeOnceGivenBack(other).isSpent()).isFalse();
  }

  @Test
  void attempts_that_failed_are_told_to_the_next_owner() {
    var lease = take(worker).lease();
    lease.nextAttempt();
    lease.failed("server_error");
    lease.close();
    assertThat(takeOnceGivenBack(other).lease().history())
        .containsExactly(new FailedAttempt(1, "server_error", Instant.EPOCH));
  }

  @Test
  void a_redriven_request_is_not_done_and_its_attempts_are_counted_on() {
    var first = take(worker).lease();
    first.nextAttempt();
    first.done();
    var again = (Taken) other.take(requestId, new Life(7, 1));
    assertThat(again.before()).isEqualTo(LeaseState.NONE);
    assertThat(again.lease().history()).isEmpty();
    assertThat(again.lease().nextAttempt()).isEqualTo(2);
    again.lease().done();
    assertThat(worker.take(requestId, new Life(7, 1))).isInstanceOf(AlreadyDone.class);
    assertThat(worker.take(requestId, Life.FIRST)).isInstanceOf(AlreadyDone.class);
    assertThat(worker.take(requestId, new Life(9, 2))).isInstanceOf(Taken.class);
  }

  @Test
  void a_redriven_request_keeps_its_numbers_when_redis_has_forgotten_the_first_life() {
    var again = (Taken) other.take(requestId, new Life(7, 4));
    assertThat(again.lease().nextAttempt()).isEqualTo(5);
  }

  private Taken take(Leases leases) {
    return (Taken) leases.take(requestId, Life.FIRST);
  }

  /** Giving back does not wait for Redis; it is done long before the lease would expire. */
  private Taken takeOnceGivenBack(Leases leases) {
    long deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    while (System.nanoTime() < deadline)
      if (leases.take(requestId, Life.FIRST) instanceof Taken taken) return taken;
    throw new AssertionError("it was not given back");
  }

  private Leases aWorker() throws Exception {
    return new Leases(
        redis.connect(),
        new ClassPathResource("lua/lease.lua").getContentAsString(UTF_8),
        new LeaseProperties(
            Duration.ofSeconds(10), Duration.ofMillis(200), 3, Duration.ofMinutes(5)),
        () -> Instant.EPOCH);
  }
}
