package dev.sluice.worker.budget;

import static dev.sluice.worker.budget.BudgetFixtures.wants;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.common.budget.Bandwidth;
import dev.sluice.worker.TestingStack;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;

/** Two workers on one real Redis. */
class SharedPoolTest {
  private static final BudgetSettings SETTINGS = BudgetFixtures.settings();

  private final String pool = "test-" + UUID.randomUUID();
  private long workers;
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private RedisClient redis;
  private StatefulRedisConnection<byte[], byte[]> connection;
  private SharedPool one;
  private SharedPool other;

  @BeforeEach
  void connect() throws IOException {
    redis = RedisClient.create(TestingStack.redis());
    connection = redis.connect(ByteArrayCodec.INSTANCE);
    one = aWorker(Duration.ofSeconds(5));
    other = aWorker(Duration.ofSeconds(5));
  }

  @AfterEach
  void disconnect() {
    redis.shutdown();
  }

  @Test
  void workers_share_one_debt() throws Exception {
    reserve(one, 30_000); // 3 s
    assertThat(aheadOf(other)).isGreaterThan(Duration.ofSeconds(2).toNanos());
  }

  @Test
  void a_lone_worker_needs_one_round_trip_a_change() throws Exception {
    reserve(one, 1);
    double before = exchanges("replaced") + exchanges("conflict");
    for (int i = 0; i < 10; i++) aheadOf(one);
    assertThat(exchanges("replaced") + exchanges("conflict") - before).isEqualTo(10);
  }

  @Test
  void a_worker_that_another_was_faster_than_decides_anew() throws Exception {
    reserve(one, 1);
    reserve(other, 1);
    reserve(one, 1);
    assertThat(exchanges("conflict")).isPositive();
  }

  @Test
  void a_flushed_redis_gets_its_state_back() throws Exception {
    reserve(one, 200_000); // 20 s of debt
    connection.sync().del(key());
    assertThat(aheadOf(one)).isGreaterThan(Duration.ofSeconds(15).toNanos());
    assertThat(registry.counter("sluice.budget.restored", "pool", pool).count()).isEqualTo(1);
  }

  @Test
  void a_redis_that_lost_its_last_second_gets_it_back() throws Exception {
    reserve(one, 1);
    var old = connection.sync().get(key());
    reserve(one, 200_000);
    connection.sync().set(key(), old);
    assertThat(aheadOf(one)).isGreaterThan(Duration.ofSeconds(15).toNanos());
  }

  @Test
  void a_redis_that_does_not_answer_is_told_as_such() throws Exception {
    reserve(one, 1);
    connection.close();
    assertThatThrownBy(() -> reserve(one, 1)).isInstanceOf(StateUnavailableException.class);
  }

  private byte[] key() {
    return "sluice:budget:{%s}".formatted(pool).getBytes(UTF_8);
  }

  private double exchanges(String outcome) {
    return registry.counter("sluice.budget.exchanges", "pool", pool, "outcome", outcome).count();
  }

  /** Reserves as soon as it may. */
  private static void reserve(SharedPool worker, long charge) throws InterruptedException {
    while (worker.change(state -> state.reserve(1, wants(1, charge), List.of())).result().isEmpty())
      Thread.onSpinWait();
  }

  private static long aheadOf(SharedPool worker) throws InterruptedException {
    return worker.change(state -> -state.buckets().available(Bandwidth.TPM)).result() * 100_000L;
  }

  private SharedPool aWorker(Duration timeout) throws IOException {
    var script = new ClassPathResource("lua/budget.lua").getContentAsString(UTF_8);
    return new SharedPool(
        pool,
        ++workers,
        new RedisStateStore(connection, script, pool, timeout),
        SETTINGS,
        BudgetFixtures.limits(6_000, 600_000),
        new Random(1),
        System::nanoTime,
        new BudgetMeters(registry));
  }
}
