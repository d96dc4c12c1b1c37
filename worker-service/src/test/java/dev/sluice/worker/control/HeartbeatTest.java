package dev.sluice.worker.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.message.LimitingFactor;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.message.WorkerReport;
import dev.sluice.worker.TestingStack;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;

class HeartbeatTest {
  private final String id = "w" + System.nanoTime();
  private final MessageCodec codec = new MessageCodec();
  private RedisClient redis;
  private RedisCommands<String, String> commands;
  private volatile WorkerReport.State state = WorkerReport.State.RUNNING;

  @BeforeEach
  void connect() {
    redis = RedisClient.create(TestingStack.redis());
    commands = redis.connect().sync();
  }

  @AfterEach
  void disconnect() {
    redis.shutdown();
  }

  @Test
  void a_worker_reports_again_and_again_and_its_last_word_is_that_it_stopped() throws Exception {
    var heartbeat = heartbeat();
    heartbeat.start();
    await().atMost(Duration.ofSeconds(2)).until(() -> commands.hexists(WorkerReport.KEY, id));
    var first = commands.zscore(WorkerReport.SEEN_KEY, id);
    await()
        .atMost(Duration.ofSeconds(3))
        .until(() -> commands.zscore(WorkerReport.SEEN_KEY, id) > first);
    state = WorkerReport.State.STOPPED;
    heartbeat.stop();
    await()
        .atMost(Duration.ofSeconds(2))
        .until(() -> newest().state() == WorkerReport.State.STOPPED);
    assertThat(newest().build()).isEqualTo("1");
  }

  @Test
  void workers_that_are_gone_for_long_are_forgotten() throws Exception {
    commands.hset(WorkerReport.KEY, id + "-gone", "{}");
    commands.zadd(WorkerReport.SEEN_KEY, 1, id + "-gone");
    var heartbeat = heartbeat();
    heartbeat.start();
    await()
        .atMost(Duration.ofSeconds(2))
        .until(() -> commands.zscore(WorkerReport.SEEN_KEY, id + "-gone") == null);
    assertThat(commands.hexists(WorkerReport.KEY, id + "-gone")).isFalse();
    heartbeat.stop();
  }

  private WorkerReport newest() {
    return codec.decode(commands.hget(WorkerReport.KEY, id).getBytes(UTF_8), WorkerReport.class);
  }

  private Heartbeat heartbeat() throws Exception {
    var worker = new WorkerIdentity(id, "instance", "1", "host", Instant.EPOCH);
    return new Heartbeat(
        redis.connect(ByteArrayCodec.INSTANCE),
        new ClassPathResource("lua/heartbeat.lua").getContentAsString(UTF_8),
        codec,
        worker,
        () -> report(worker));
  }

  private WorkerReport report(WorkerIdentity worker) {
    return new WorkerReport(
        worker.id(),
        worker.instance(),
        worker.version(),
        worker.host(),
        state,
        worker.startedAt(),
        0,
        5,
        5,
        WorkerReport.SetBy.DEFAULT,
        LimitingFactor.IDLE,
        List.of(),
        List.of(),
        List.of(),
        Map.of());
  }
}
