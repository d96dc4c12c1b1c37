package dev.sluice.worker.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.message.ConcurrencySet;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.message.SettingChange;
import dev.sluice.common.message.WorkerDrain;
import dev.sluice.common.topic.Topics;
import dev.sluice.worker.TestingStack;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;

/** Settings on a real broker. The topic is shared, so the keys are this test's own. */
class SettingsListenerTest {
  private final String worker = "w" + System.nanoTime();
  private final MessageCodec codec = new MessageCodec();
  private final List<Collection<SettingChange>> applied = new CopyOnWriteArrayList<>();
  private final List<SettingsListener> listeners = new ArrayList<>();
  private KafkaProducer<byte[], byte[]> producer;

  @BeforeEach
  void topic() throws Exception {
    Map<String, Object> broker = Map.of("bootstrap.servers", TestingStack.kafka());
    try (var admin = Admin.create(broker)) {
      if (!admin.listTopics().names().get().contains(Topics.SETTINGS))
        admin.createTopics(List.of(new NewTopic(Topics.SETTINGS, 1, (short) 1))).all().get();
    }
    producer = new KafkaProducer<>(broker, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @AfterEach
  void close() {
    listeners.forEach(SettingsListener::stop);
    producer.close();
  }

  @Test
  void what_was_set_and_taken_back_before_the_start_is_never_applied() throws Exception {
    set(drain(true));
    set(drain(false));
    listen();
    assertThat(applied).hasSize(1); // known when start() returns
    assertThat(applied.getFirst()).contains(drain(false)).doesNotContain(drain(true));
  }

  @Test
  void what_is_set_is_applied_within_a_second_and_what_is_forgotten_too() throws Exception {
    listen();
    set(drain(true));
    await().atMost(Duration.ofSeconds(1)).until(() -> applied.getLast().contains(drain(true)));
    producer
        .send(new ProducerRecord<>(Topics.SETTINGS, drain(true).key().getBytes(UTF_8), null))
        .get();
    await().atMost(Duration.ofSeconds(1)).until(() -> !applied.getLast().contains(drain(true)));
  }

  @Test
  void a_setting_that_cannot_be_read_stops_no_other() throws Exception {
    listen();
    producer
        .send(new ProducerRecord<>(Topics.SETTINGS, "x".getBytes(UTF_8), "{}".getBytes(UTF_8)))
        .get();
    var concurrency = new ConcurrencySet(7, worker, Instant.EPOCH, Map.of());
    set(concurrency);
    await().atMost(Duration.ofSeconds(2)).until(() -> applied.getLast().contains(concurrency));
  }

  private SettingChange drain(boolean drain) {
    return new WorkerDrain(worker, drain, "ops", Instant.EPOCH, Map.of());
  }

  private void set(SettingChange setting) throws Exception {
    producer
        .send(
            new ProducerRecord<>(
                Topics.SETTINGS, setting.key().getBytes(UTF_8), codec.encode(setting)))
        .get();
  }

  private void listen() {
    var consumers =
        new DefaultKafkaConsumerFactory<byte[], byte[]>(
            Map.of("bootstrap.servers", TestingStack.kafka()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    var listener =
        new SettingsListener(consumers, codec, settings -> applied.add(List.copyOf(settings)));
    listeners.add(listener);
    listener.start();
  }
}
