package dev.sluice.worker.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.message.DeadLetter;
import dev.sluice.common.message.DeadLetterDecided;
import dev.sluice.common.message.DeadLetterDecided.Decision;
import dev.sluice.common.message.Message;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.message.RedrivenRequest;
import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.Priority;
import dev.sluice.common.topic.Topics;
import dev.sluice.worker.TestingStack;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;

/** Redrives on a real broker, with a lane of its own for each test. */
class RedrivingTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

  private final Lane lane = new Lane("p" + UUID.randomUUID(), Priority.INTERACTIVE);
  private final MessageCodec codec = new MessageCodec();
  private final Map<String, Object> broker = Map.of("bootstrap.servers", TestingStack.kafka());
  private final DefaultKafkaProducerFactory<byte[], byte[]> producers =
      new DefaultKafkaProducerFactory<>(
          broker, new ByteArraySerializer(), new ByteArraySerializer());
  private final KafkaTemplate<byte[], byte[]> kafka = new KafkaTemplate<>(producers);
  private final DefaultKafkaConsumerFactory<byte[], byte[]> consumers =
      new DefaultKafkaConsumerFactory<>(
          broker, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  private final Redriving redriving = new Redriving(kafka, consumers, codec, () -> NOW);

  @BeforeEach
  void topics() throws Exception {
    try (var admin = Admin.create(broker)) {
      var there = admin.listTopics().names().get();
      var missing = new ArrayList<NewTopic>();
      missing.add(new NewTopic(lane.topic(), 1, (short) 1));
      if (!there.contains(Topics.DEAD_LETTERS))
        missing.add(new NewTopic(Topics.DEAD_LETTERS, 1, (short) 1));
      admin.createTopics(missing).all().get();
    }
  }

  @AfterEach
  void close() {
    producers.destroy();
  }

  @Test
  void a_request_goes_back_with_its_attempts_and_a_deadline_of_its_own() throws Exception {
    long letter = put(letter(codec.encode(request())));
    redriving.redrive(List.of(decide(letter, Decision.REDRIVEN)));
    var again = codec.decode(lane(1).getFirst(), RedrivenRequest.class);
    assertThat(again.letter()).isEqualTo(letter);
    assertThat(again.attempts()).isEqualTo(6);
    assertThat(again.request().id()).isEqualTo("resp_1");
    assertThat(again.request().deadline()).isEqualTo(NOW.plus(Duration.ofMinutes(10)));
  }

  @Test
  void of_several_decisions_the_first_is_carried_out() throws Exception {
    long redriven = put(letter(codec.encode(request())));
    long discarded = put(letter(codec.encode(request())));
    var first = decide(redriven, Decision.REDRIVEN);
    var batch =
        List.of(
            first,
            decide(discarded, Decision.DISCARDED),
            decide(discarded, Decision.REDRIVEN),
            decide(redriven, Decision.REDRIVEN));
    redriving.redrive(batch.subList(0, 2));
    redriving.redrive(batch.subList(2, 4));
    assertThat(lane(1))
        .singleElement()
        .satisfies(value ->
            assertThat(codec.decode(value, RedrivenRequest.class).letter()).isEqualTo(redriven));
  }

  @Test
  void what_cannot_be_read_goes_back_as_it_was() throws Exception {
    var value = "{\"version\":9}".getBytes(UTF_8);
    redriving.redrive(List.of(decide(put(letter(value)), Decision.REDRIVEN)));
    assertThat(lane(1).getFirst()).isEqualTo(value);
  }

  private long put(Message message) throws Exception {
    return kafka
        .send(Topics.DEAD_LETTERS, codec.encode(message))
        .get()
        .getRecordMetadata()
        .offset();
  }

  private ConsumerRecord<byte[], byte[]> decide(long letter, Decision decision) throws Exception {
    var decided = new DeadLetterDecided(letter, decision, "ops", NOW, null, Map.of());
    return new ConsumerRecord<>(Topics.DEAD_LETTERS, 0, put(decided), null, codec.encode(decided));
  }

  /** What stands on the lane, as soon as it is that much. */
  private List<byte[]> lane(int count) {
    var values = new ArrayList<byte[]>();
    try (var consumer = consumers.createConsumer(null, null)) {
      var partition = List.of(new TopicPartition(lane.topic(), 0));
      consumer.assign(partition);
      consumer.seekToBeginning(partition);
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> {
            consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
            return values.size() >= count;
          });
    }
    return values;
  }

  private DeadLetter letter(byte[] payload) {
    return new DeadLetter(
        lane.topic(),
        0,
        3,
        "a reason",
        Base64.getEncoder().encodeToString(payload),
        NOW,
        "resp_1",
        "user1",
        "m",
        6,
        List.of(),
        Map.of());
  }

  private static RequestEnvelope request() {
    return new RequestEnvelope(
        "resp_1",
        "user1",
        "team",
        Map.of(),
        "m",
        Priority.INTERACTIVE,
        Instant.EPOCH,
        Instant.EPOCH.plus(Duration.ofMinutes(10)),
        10,
        100,
        0,
        0,
        "{}",
        null,
        Map.of());
  }
}
