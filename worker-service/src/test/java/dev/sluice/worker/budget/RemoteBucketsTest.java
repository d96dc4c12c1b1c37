package dev.sluice.worker.budget;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.budget.Bandwidth;
import dev.sluice.common.budget.Pool;
import dev.sluice.common.budget.Tier;
import dev.sluice.worker.TestingStack;
import io.lettuce.core.RedisClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two workers on one real Redis; their clock stands still until a test moves it. */
class RemoteBucketsTest {
  private static final BudgetSettings SETTINGS =
      new BudgetSettings(1, 0.02, 0.03, Duration.ofMillis(400), Duration.ofSeconds(5));

  private RedisClient redis;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  @BeforeEach
  void connect() {
    redis = RedisClient.create(TestingStack.redis());
  }

  @AfterEach
  void disconnect() {
    redis.shutdown();
  }

  @Test
  void workers_share_one_debt() {
    var pool = aPool(new Tier(600, 60_000, null));
    var one = bucket(pool, Bandwidth.TPM);
    var other = bucket(pool, Bandwidth.TPM);
    assertThat(one.consume(500).join()).isEqualTo(Duration.ofMillis(500));
    assertThat(other.consume(500).join()).isEqualTo(Duration.ofMillis(1_000));
    now = now.plusMillis(400);
    assertThat(one.consume(100).join()).isEqualTo(Duration.ofMillis(700));
  }

  @Test
  void a_new_bucket_is_empty_so_that_a_lost_one_is_no_burst() {
    var bucket = bucket(aPool(new Tier(600, 60_000, null)), Bandwidth.TPM);
    assertThat(bucket.consume(1).join()).isPositive();
  }

  @Test
  void an_idle_pool_grants_no_more_than_its_burst() {
    var bucket = bucket(aPool(new Tier(600, 60_000, null)), Bandwidth.TPM);
    bucket.consume(1).join();
    now = now.plusSeconds(3_600);
    assertThat(bucket.consume(1_200).join()).isZero(); // 2 % of a minute
    assertThat(bucket.consume(1_000).join()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void a_day_may_begin_with_all_its_requests() {
    var bucket = bucket(aPool(new Tier(600, 60_000, 1_000L)), Bandwidth.RPD);
    assertThat(bucket.consume(1_000).join()).isZero();
    assertThat(bucket.consume(1).join()).isEqualTo(Duration.ofMillis(86_400));
  }

  @Test
  void what_is_given_back_is_there_again() {
    var bucket = bucket(aPool(new Tier(600, 60_000, null)), Bandwidth.TPM);
    bucket.consume(1_000).join();
    bucket.giveBack(400).join();
    assertThat(bucket.consume(100).join()).isEqualTo(Duration.ofMillis(700));
  }

  private DebtBucket bucket(Pool pool, Bandwidth bandwidth) {
    return Objects.requireNonNull(
        new RemoteBuckets(redis, SETTINGS, () -> now).of(pool).get(bandwidth));
  }

  private static Pool aPool(Tier tier) {
    return new Pool("test-" + UUID.randomUUID(), Set.of("m"), tier);
  }
}
