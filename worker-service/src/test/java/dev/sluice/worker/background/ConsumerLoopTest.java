package dev.sluice.worker.background;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.worker.TestingStack;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;

@ExtendWith(OutputCaptureExtension.class)
class ConsumerLoopTest {
  private static final Map<String, Object> BROKER =
      Map.of("bootstrap.servers", TestingStack.kafka());

  private final String topic = "loop." + UUID.randomUUID();
  private final List<String> heard = new CopyOnWriteArrayList<>();

  @Test
  void it_reads_from_the_beginning_and_ends_without_a_complaint(CapturedOutput output)
      throws Exception {
    try (var admin = Admin.create(BROKER)) {
      admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get(10, SECONDS);
    }
    send("before");
    var consumers =
        new DefaultKafkaConsumerFactory<>(
            BROKER, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    var loop =
        new ConsumerLoop(
            topic,
            consumers,
            new TopicPartition(topic, 0),
            read -> heard.add(new String(read.value(), UTF_8)));
    loop.start();
    await().until(() -> heard.contains("before"));
    send("after");
    await().until(() -> heard.contains("after"));
    var thread = thread();
    int before = output.length();
    loop.stop();
    assertThat(thread.isAlive()).isFalse();
    assertThat(loop.isRunning()).isFalse();
    assertThat(output.toString().substring(before)).isEmpty();
    assertThat(heard).containsExactly("before", "after");
  }

  private void send(String text) throws Exception {
    try (var producer =
        new KafkaProducer<>(BROKER, new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>(topic, text)).get(10, SECONDS);
    }
  }

  private Thread thread() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(each -> each.getName().equals(topic))
        .findFirst()
        .orElseThrow();
  }
}
