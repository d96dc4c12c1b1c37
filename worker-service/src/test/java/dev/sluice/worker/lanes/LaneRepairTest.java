package dev.sluice.worker.lanes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.topic.EndedOffsets;
import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.LaneCounters;
import dev.sluice.common.topic.Priority;
import dev.sluice.worker.TestingStack;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.BitSet;
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
      assertThat(startedTokens()).isEqualTo("700");
    }
  }

  @Test
  void what_waits_is_waited_for_and_no_more_than_that() throws Exception {
    enqueue(0, 1);
    enqueue(1, 3);
    endedBehindTheFirst(1, 1);
    count(8, 800, 2, 200);
    try (var _ = repair()) {
      await().until(() -> started().equals("5"));
      await().during(EVERY.multipliedBy(5)).until(() -> started().equals("5"));
      assertThat(startedTokens()).isEqualTo("500");
      ended(0, 1);
      ended(1, 3);
      await().until(() -> started().equals("8"));
      assertThat(startedTokens()).isEqualTo("800");
    }
  }

  @Test
  void what_was_started_before_redis_forgot_the_lane_hides_nobody_who_comes_later()
      throws Exception {
    enqueue(0, 3);
    count(1, 100, 4, 450);
    try (var _ = repair()) {
      await().until(() -> started().equals("1"));
      assertThat(startedTokens()).isEqualTo("100");
    }
  }

  @Test
  void only_one_of_those_who_look_at_the_same_time_mends() throws Exception {
    count(7, 700, 4, 400);
    assertThat(mend("2", "0")).isEqualTo(1);
    assertThat(mend("2", "0")).isZero();
    assertThat(started()).isEqualTo("6");
    assertThat(startedTokens()).isEqualTo("600");
  }

  private long mend(String requests, String mendedBefore) throws Exception {
    return redis
        .sync()
        .<Long>eval(
            script(),
            io.lettuce.core.ScriptOutputType.INTEGER,
            new String[] {LaneCounters.key(lane)},
            requests,
            mendedBefore);
  }

  private void enqueue(int partition, int count) throws Exception {
    try (var producer =
        new KafkaProducer<>(BROKER, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < count; i++)
        producer
            .send(new ProducerRecord<>(lane.topic(), partition, null, new byte[0]))
            .get(30, SECONDS);
    }
  }

  private void ended(int partition, long upTo) throws Exception {
    commit(partition, new OffsetAndMetadata(upTo));
  }

  private void endedBehindTheFirst(int partition, int count) throws Exception {
    var ended = new BitSet();
    ended.set(1, 1 + count);
    commit(partition, new OffsetAndMetadata(0, EndedOffsets.encode(ended)));
  }

  private void commit(int partition, OffsetAndMetadata commit) throws Exception {
    var at = new TopicPartition(lane.topic(), partition);
    admin.alterConsumerGroupOffsets(group, Map.of(at, commit)).all().get(30, SECONDS);
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

  private String startedTokens() {
    return redis.sync().hget(LaneCounters.key(lane), LaneCounters.STARTED_TOKENS);
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
