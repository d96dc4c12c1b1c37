package dev.sluice.worker.budget;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.worker.TestingStack;
import dev.sluice.worker.budget.Estimates.Estimate;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;

/** Two workers that learn together on one real Redis. */
class RedisEstimateStoreTest {
  private final String model = "model-" + UUID.randomUUID();
  private RedisClient redis;
  private StatefulRedisConnection<byte[], byte[]> connection;
  private EstimateStore store;
  private Estimates one;
  private Estimates other;

  @BeforeEach
  void connect() throws Exception {
    redis = RedisClient.create(TestingStack.redis());
    connection = redis.connect(ByteArrayCodec.INSTANCE);
    var script = new ClassPathResource("lua/estimate.lua").getContentAsString(UTF_8);
    store = new RedisEstimateStore(connection, script);
    one = new Estimates(new SimpleMeterRegistry(), store);
    other = new Estimates(new SimpleMeterRegistry(), store);
  }

  @AfterEach
  void disconnect() {
    one.close();
    other.close();
    redis.shutdown();
  }

  @Test
  void what_one_worker_has_learnt_every_worker_knows() {
    learn(one, 50);
    one.share();
    assertThat(request(other).charge()).isEqualTo(1_000);
    awaitLearnt(other);
  }

  @Test
  void a_flush_loses_nothing_that_a_worker_knows() {
    learn(one, 50);
    one.share();
    awaitLearnt(other);
    connection.sync().del(("sluice:estimate:" + model).getBytes(UTF_8));
    other.share();
    var third = new Estimates(new SimpleMeterRegistry(), store);
    assertThat(request(third).charge()).isEqualTo(1_000);
    awaitLearnt(third);
    third.close();
  }

  @Test
  void what_is_old_is_forgotten() {
    var sums = LearntSums.NONE;
    for (int i = 0; i < 4 * RedisEstimateStore.REMEMBERED; i++)
      sums = add(new LearntSums(100, 130, 1, 10, 5, 1));
    assertThat(sums.answers())
        .isBetween(RedisEstimateStore.REMEMBERED / 2L, (long) RedisEstimateStore.REMEMBERED);
    assertThat(sums.inputCorrection()).isBetween(1.29, 1.31);
    for (int i = 0; i < 2 * RedisEstimateStore.REMEMBERED; i++)
      sums = add(new LearntSums(100, 100, 1, 10, 10, 1));
    assertThat(sums.inputCorrection()).isLessThan(1.05);
    assertThat(sums.surchargeShare()).isGreaterThan(0.9);
  }

  private LearntSums add(LearntSums fresh) {
    return store.add(model, fresh, LearntSums.NONE).toCompletableFuture().join();
  }

  /** The provider charges by its rule alone, and counts twice what we count. */
  private void learn(Estimates worker, int answers) {
    for (int i = 0; i < answers; i++) {
      worker.charged(request(worker), 600);
      worker.answered(request(worker), 2_000, 10);
    }
  }

  private void awaitLearnt(Estimates worker) {
    await()
        .until(() -> {
          worker.share();
          return request(worker).charge() < 650 && request(worker).input() > 1_800;
        });
  }

  private Estimate request(Estimates worker) {
    return worker.of(model, 1_000, 600, 1_000);
  }
}
