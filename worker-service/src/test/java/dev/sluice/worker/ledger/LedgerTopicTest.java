package dev.sluice.worker.ledger;

import static dev.sluice.worker.ledger.LedgerEvents.lost;
import static dev.sluice.worker.ledger.LedgerEvents.opened;
import static dev.sluice.worker.ledger.LedgerEvents.settled;
import static dev.sluice.worker.ledger.LedgerEvents.usage;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.message.UsageEvent;
import dev.sluice.common.topic.Topics;
import dev.sluice.worker.TestingStack;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;

/** From a real topic into a real Postgres, with faults on the way. */
class LedgerTopicTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final int PARTITIONS = 2;

  private final String topic = "usage." + UUID.randomUUID();
  private final String group = "g" + UUID.randomUUID();
  private final Map<String, Object> broker = Map.of("bootstrap.servers", TestingStack.kafka());
  private TestingLedger ledger;
  private KafkaTemplate<byte[], byte[]> kafka;
  private DefaultKafkaProducerFactory<byte[], byte[]> producers;
  private @Nullable ConcurrentMessageListenerContainer<byte[], byte[]> container;
  private LedgerLag lag;

  @BeforeEach
  void open() throws Exception {
    try (var admin = Admin.create(broker)) {
      admin
          .createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)))
          .all()
          .get(30, SECONDS);
    }
    ledger = TestingLedger.open();
    lag = ledger.lag(group, this::assigned);
    producers =
        new DefaultKafkaProducerFactory<>(
            broker, new ByteArraySerializer(), new ByteArraySerializer());
    kafka = new KafkaTemplate<>(producers);
  }

  @AfterEach
  void close() {
    stop();
    producers.destroy();
    ledger.close();
  }

  @Test
  void while_postgres_is_away_the_topic_waits_and_afterwards_nothing_is_missing_or_doubled()
      throws Exception {
    send(range(0, 50));
    start(ledger.writer(lag)::receive);
    await().atMost(SOON).until(() -> attempts() == 50);

    var postgres = TestingStack.stack().postgres();
    postgres.stop();
    try {
      send(range(50, 100));
      await()
          .atMost(SOON)
          .until(() -> {
            lag.sample();
            return lag.records() == 50 && lag.seconds() > 1;
          });
    } finally {
      postgres.start();
    }
    send(range(100, 150));

    await().atMost(SOON).ignoreExceptions().until(() -> attempts() == 150);
    await()
        .atMost(SOON)
        .until(() -> {
          lag.sample();
          return lag.records() == 0 && lag.seconds() == 0;
        });
    ledger.assertThatSumsAreRight();
  }

  @Test
  void a_writer_that_dies_between_its_commit_and_that_of_its_offsets_doubles_nothing()
      throws Exception {
    send(range(0, 300));
    var deaths = new AtomicInteger();
    var writer = ledger.writer(lag);
    for (int life = 0; life < 3; life++) {
      start(batch -> {
        writer.receive(batch);
        deaths.incrementAndGet();
        throw new IllegalStateException("killed after the commit");
      });
      int before = life;
      await().atMost(SOON).until(() -> deaths.get() > before);
      stop();
    }
    start(writer::receive);
    await().atMost(SOON).until(() -> attempts() == 300 && caughtUp());

    ledger.assertThatSumsAreRight();
    assertThat(tokens()).isEqualTo(300L * 30);
    assertThat(ledger.query("select * from usage_entry where entry > 0")).isEmpty();
  }

  @Test
  void a_topic_that_is_read_again_from_its_beginning_changes_no_sum() throws Exception {
    var events = new ArrayList<>(range(0, 40));
    for (int i = 0; i < 20; i++) events.add(i, lost("r" + i, 1, 99, 9));
    send(events);
    start(ledger.writer(lag)::receive);
    await().atMost(SOON).until(() -> attempts() == 40 && caughtUp());
    var before = ledger.query("select * from cost_daily order by 1, 2, 3, 4, 5");
    stop();

    var again = new AtomicInteger();
    start(
        batch -> {
          ledger.writer.receive(batch);
          again.addAndGet(batch.size());
        },
        group + "-again");
    await().atMost(SOON).until(() -> again.get() == events.size());

    assertThat(ledger.query("select * from cost_daily order by 1, 2, 3, 4, 5")).isEqualTo(before);
    assertThat(tokens()).isEqualTo(40L * 30);
  }

  @Test
  void an_attempt_that_nobody_will_settle_is_called_lost_once_nobody_is_on_it() throws Exception {
    createUsageTopic();
    var id = "lost-" + UUID.randomUUID();
    var running = id + "-running";
    ledger.write(opened(id, 1), opened(running, 1), settled("usual", 1, usage(500, 321)));
    var late = InstantSource.fixed(TestingLedger.NOW.plus(Duration.ofHours(1)));
    var sweep =
        new LostAttempts(
            ledger.store,
            running::equals,
            new UsageLedger(kafka, ledger.codec, late),
            ledger.meters,
            Duration.ofMinutes(5),
            late);
    sweep.sweep();
    sweep.sweep();

    var told = usageOf(id, running);
    assertThat(told).hasSize(1);
    ledger.writer.receive(told);
    assertThat(ledger.row("select * from attempt_cost where request_id = ?", id))
        .containsEntry("outcome", "lost")
        .containsEntry("estimated", true)
        .containsEntry("input_tokens", 1_000L)
        .containsEntry("output_tokens", 321L) // what the model's attempts usually put out
        .containsEntry("opened_at", java.sql.Timestamp.from(LedgerEvents.OPENED));
    assertThat(ledger.query("select request_id from unsettled_attempt"))
        .singleElement()
        .extracting("request_id")
        .isEqualTo(running);
    ledger.assertThatSumsAreRight();
  }

  @Test
  void an_attempt_is_given_its_deadline_and_a_grace_before_it_counts_as_lost() {
    var id = "young-" + UUID.randomUUID();
    ledger.write(opened(id, 1));
    var deadline = LedgerEvents.OPENED.plusSeconds(600);
    assertThat(ledger.store.unsettledSince(deadline, 10)).isEmpty();
    assertThat(ledger.store.unsettledSince(deadline.plusMillis(1), 10))
        .containsExactly(opened(id, 1));
  }

  private List<ConsumerRecord<byte[], byte[]>> usageOf(String... ids) {
    var found = new ArrayList<ConsumerRecord<byte[], byte[]>>();
    try (var consumer =
        new KafkaConsumer<>(broker, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      var places =
          consumer.partitionsFor(Topics.USAGE).stream()
              .map(place -> new TopicPartition(place.topic(), place.partition()))
              .toList();
      consumer.assign(places);
      consumer.seekToBeginning(places);
      var ends = consumer.endOffsets(places);
      while (places.stream()
          .anyMatch(place -> consumer.position(place) < ends.getOrDefault(place, 0L)))
        for (var record : consumer.poll(Duration.ofMillis(200)))
          if (List.of(ids).contains(new String(record.key(), UTF_8))) found.add(record);
    }
    return found;
  }

  private void createUsageTopic() throws Exception {
    try (var admin = Admin.create(broker)) {
      admin.createTopics(List.of(new NewTopic(Topics.USAGE, 1, (short) 1))).all().get(30, SECONDS);
    } catch (ExecutionException there) {
      assertThat(there).hasCauseInstanceOf(TopicExistsException.class);
    }
  }

  private static List<UsageEvent> range(int from, int to) {
    return IntStream.range(from, to)
        .<UsageEvent>mapToObj(i -> settled("r" + i, 1, usage(10, 20)))
        .toList();
  }

  private void send(List<UsageEvent> events) {
    for (var event : events)
      kafka
          .send(
              new ProducerRecord<>(
                  topic, event.requestId().getBytes(UTF_8), ledger.codec.encode(event)))
          .join();
  }

  private void start(BatchMessageListener<byte[], byte[]> listener) {
    start(listener, group);
  }

  private void start(BatchMessageListener<byte[], byte[]> listener, String ofGroup) {
    var consumers = new HashMap<>(broker);
    consumers.put("key.deserializer", ByteArrayDeserializer.class);
    consumers.put("value.deserializer", ByteArrayDeserializer.class);
    var properties =
        new LedgerProperties(
            20,
            Duration.ofMinutes(5),
            Duration.ofMinutes(1),
            Duration.ofSeconds(5),
            new ClassPathResource("rate-cards.yml"));
    var factory =
        new LedgerConfiguration()
            .ledgerListeners(new DefaultKafkaConsumerFactory<>(consumers), properties);
    var made = factory.createContainer(topic);
    made.getContainerProperties().setGroupId(ofGroup);
    made.getContainerProperties().setMessageListener(listener);
    made.getContainerProperties().setShutdownTimeout(500);
    made.start();
    container = made;
  }

  private void stop() {
    if (container != null) container.stop();
    container = null;
  }

  private Collection<TopicPartition> assigned() {
    var running = container;
    var assigned = running == null ? null : running.getAssignedPartitions();
    return assigned == null ? List.of() : List.copyOf(assigned);
  }

  private boolean caughtUp() throws InterruptedException {
    lag.sample();
    return assigned().size() == PARTITIONS && lag.records() == 0;
  }

  private long attempts() {
    return ledger.owner().sql("select count(*) from attempt_cost").query(Long.class).single();
  }

  private long tokens() {
    return ledger
        .owner()
        .sql("select sum(input_tokens + output_tokens) from cost_monthly")
        .query(Long.class)
        .single();
  }
}
