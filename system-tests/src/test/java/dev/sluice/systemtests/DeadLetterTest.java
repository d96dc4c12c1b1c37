package dev.sluice.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Records that nobody can read stop nobody and are not lost. */
class DeadLetterTest {
  private static final String LANE = "sluice.requests.gpt-4o-mini.interactive";
  private static final int PARTITIONS = 12;

  @Test
  void a_record_that_cannot_be_read_is_set_aside_with_its_reason() throws SQLException {
    TestingSystem.simulator().behave();
    Map<String, Object> broker = Map.of("bootstrap.servers", TestingSystem.stack().kafka().url());
    try (var producer =
        new KafkaProducer<>(broker, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int partition = 0; partition < PARTITIONS; partition++)
        producer.send(
            new ProducerRecord<>(LANE, partition, null, "{\"version\":9}".getBytes(UTF_8)));
      producer.send(
          new ProducerRecord<>("sluice.usage", 0, null, "no usage event".getBytes(UTF_8)));
    }
    try (var client = ChatClient.of("user1")) {
      var id = client.ask("s", "Does the lane go on?");
      assertThat(client.awaitEnd("s").path("type").asString()).isEqualTo("response.completed");
      TestingSystem.ledger().awaitEntries(id, 1);
    }
    assertThat(
            TestingSystem.ledger()
                .count(
                    "select count(*) from usage_dead_letter where value = 'no usage event'::bytea"))
        .isEqualTo(1);
    var letters = awaitLetters(broker, PARTITIONS);
    assertThat(letters)
        .filteredOn(letter -> letter.path("lane").asString().equals(LANE))
        .hasSize(PARTITIONS)
        .allSatisfy(letter -> {
          assertThat(letter.path("reason").asString()).contains("version 9");
          assertThat(Base64.getDecoder().decode(letter.path("payload").asString()))
              .isEqualTo("{\"version\":9}".getBytes(UTF_8));
        });
  }

  private static List<JsonNode> awaitLetters(Map<String, Object> broker, int count) {
    var letters = new ArrayList<JsonNode>();
    try (var consumer =
        new KafkaConsumer<>(broker, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      var place = List.of(new TopicPartition("sluice.requests.dlt", 0));
      consumer.assign(place);
      consumer.seekToBeginning(place);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> {
            consumer
                .poll(Duration.ofMillis(100))
                .forEach(letter -> {
                  var read = TestingSystem.JSON.readTree(letter.value());
                  if (read.path("reason").asString("").contains("version 9")) letters.add(read);
                });
            return letters.size() >= count;
          });
    }
    return letters;
  }
}
