package dev.sluice.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class OffsetsTest {
  private static final TopicPartition PARTITION =
      new TopicPartition("sluice.requests.p.interactive", 0);

  private final List<Map<TopicPartition, OffsetAndMetadata>> told = new ArrayList<>();
  private final List<OffsetCommitCallback> asked = new ArrayList<>();
  private final Offsets offsets =
      new Offsets(
          new MockConsumer<>("earliest") {
            @Override
            public synchronized void commitAsync(
                Map<TopicPartition, OffsetAndMetadata> due, OffsetCommitCallback callback) {
              told.add(Map.copyOf(due));
              asked.add(callback);
            }
          });

  @Test
  void a_commit_that_failed_is_made_again_though_the_client_does_not_say_which_it_was() {
    offsets.fetched(record(7));
    offsets.commit();
    offsets.commit();
    assertThat(told).as("nothing is told twice").hasSize(1);
    asked.getFirst().onComplete(null, new TimeoutException("the coordinator is not known"));
    offsets.commit();
    assertThat(told).hasSize(2);
    assertThat(told.getLast()).isEqualTo(told.getFirst()).containsKey(PARTITION);
  }

  private static ConsumerRecord<byte[], byte[]> record(long offset) {
    return new ConsumerRecord<>(
        PARTITION.topic(),
        PARTITION.partition(),
        offset,
        0,
        TimestampType.CREATE_TIME,
        0,
        0,
        new byte[0],
        new byte[0],
        new RecordHeaders(),
        Optional.empty());
  }
}
