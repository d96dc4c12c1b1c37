package dev.sluice.worker.lanes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.LaneCounters;
import dev.sluice.common.topic.Priority;
import dev.sluice.worker.TestingStack;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;

/** On a real broker and a real Redis. */
class LaneRepairTest {
  private static final Map<String, Object> BROKER =
      Map.of("bootstrap.servers", TestingStack.kafka());
  private static final Duration EVERY = Duration.ofMillis(300);

  private final Lane lane = new Lane("p" + UUID.randomUUID(), Priority.INTERACTIVE);
  private final String group = "g" + UUID.randomUUID();
  private final Admin admin = Admin.create(BROKER);
  private final RedisClient client = RedisClient.create(TestingStack.redis());
  private final StatefulRedisConnection<String, String> redis = client.connect();

  @BeforeEach
  void lane() throws Exception {
    admin.createTopics(List.of(new NewTopic(lane.topic(), 2, (short) 1))).all().get(30, SECONDS);
  }

  @AfterEach
  void close() {
    admin.close();
    client.shutdown();
  }

  @Test
  void what_was_counted_and_never_came_is_waited_for_no_longer() throws Exception {
    count(7, 700, 4, 400);
    try (var _ = repair()) {
      await().until(() -> started().equals("7"));
      assertThat(redis.sync().hget(LaneCounters.key(lane), LaneCounters.STARTED_TOKENS))
          .isEqualTo("700");
    }
  }

  @Test
  void a_request_that_waits_is_waited_for() throws Exception {
    try (var producer =
        new KafkaProducer<>(BROKER, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(lane.topic(), 1, null, new byte[0])).get(30, SECONDS);
    }
    count(7, 700, 4, 400);
    try (var _ = repair()) {
      await().during(EVERY.multipliedBy(5)).until(() -> started().equals("4"));
      // It has ended: its offset is committed
      admin
          .alterConsumerGroupOffsets(
              group, Map.of(new TopicPartition(lane.topic(), 1), new OffsetAndMetadata(1)))
          .all()
          .get(30, SECONDS);
      await().until(() -> started().equals("7"));
    }
  }

  @Test
  void a_lane_that_changes_meanwhile_is_left_alone() throws Exception {
    count(7, 700, 4, 400);
    assertThat(mend("7", "3")).isZero();
    assertThat(mend("8", "4")).isZero();
    assertThat(started()).isEqualTo("4");
    assertThat(mend("7", "4")).isEqualTo(1);
  }

  private long mend(String accepted, String started) throws Exception {
    return redis
        .sync()
        .<Long>eval(
            script(),
            io.lettuce.core.ScriptOutputType.INTEGER,
            new String[] {LaneCounters.key(lane)},
            accepted,
            started);
  }

  private LaneRepair repair() throws Exception {
    return new LaneRepair(redis, admin, group, List.of(lane), script(), EVERY);
  }

  private static String script() throws Exception {
    return new ClassPathResource("lua/mend-lane.lua").getContentAsString(UTF_8);
  }

  private String started() {
    return redis.sync().hget(LaneCounters.key(lane), LaneCounters.STARTED);
  }

  private void count(long accepted, long acceptedTokens, long started, long startedTokens) {
    redis
        .sync()
        .hset(
            LaneCounters.key(lane),
            Map.of(
                LaneCounters.ACCEPTED, Long.toString(accepted),
                LaneCounters.ACCEPTED_TOKENS, Long.toString(acceptedTokens),
                LaneCounters.STARTED, Long.toString(started),
                LaneCounters.STARTED_TOKENS, Long.toString(startedTokens)));
  }
}
