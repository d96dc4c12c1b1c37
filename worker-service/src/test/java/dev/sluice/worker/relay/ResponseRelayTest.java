package dev.sluice.worker.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.topic.Priority;
import dev.sluice.common.trace.Traces;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.mock.MockProducerFactory;

/** With a producer that fails when it is told to: no real one does. */
class ResponseRelayTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(
          false, new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer());
  private final KafkaTemplate<byte[], byte[]> kafka =
      new KafkaTemplate<>(new MockProducerFactory<>(() -> producer));
  private final ResponseRelay relay =
      new Relays(kafka, new ReplyLog(new DefaultKafkaConsumerFactory<>(Map.of())), Traces.OFF)
          .open(request(), 1);

  @Test
  void an_answer_is_published_in_order_and_waited_for() throws Exception {
    relay.event("response.output_text.delta", delta("a"));
    relay.event("response.output_text.delta", delta("b"));
    for (int i = 0; i < 2; i++) producer.completeNext();
    relay.awaitPublished(PATIENCE);
    assertThat(producer.history())
        .extracting(published -> published.value().length > 0)
        .containsExactly(true, true);
    assertThat(relay.published()).isEqualTo(2);
  }

  @Test
  void an_event_that_is_lost_in_the_middle_makes_no_answer_with_a_gap() {
    relay.event("response.output_text.delta", delta("a"));
    relay.event("response.output_text.delta", delta("b"));
    producer.errorNext(new TimeoutException("a test"));
    producer.completeNext();
    assertThatThrownBy(() -> relay.awaitPublished(PATIENCE))
        .isInstanceOf(UnpublishedException.class);
    assertThatThrownBy(() -> relay.event("response.output_text.delta", delta("c")))
        .isInstanceOf(UnpublishedException.class);
    assertThatThrownBy(() -> relay.end("{\"type\":\"response.completed\"}".getBytes(UTF_8)))
        .isInstanceOf(UnpublishedException.class);
    assertThat(producer.history()).hasSize(2);
  }

  private static byte[] delta(String text) {
    return "{\"type\":\"response.output_text.delta\",\"delta\":\"%s\"}"
        .formatted(text)
        .getBytes(UTF_8);
  }

  private static RequestEnvelope request() {
    return new RequestEnvelope(
        "resp_1",
        "user",
        "team",
        Map.of(),
        "gpt-4o-mini",
        Priority.INTERACTIVE,
        NOON,
        NOON,
        1,
        1,
        0,
        0,
        "{}",
        null,
        Map.of());
  }
}
