package dev.sluice.worker.relay;

import dev.sluice.common.topic.Reply;
import dev.sluice.common.topic.Topics;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.springframework.kafka.core.ConsumerFactory;

/**
 * Reads what has been published of a response. Thread-safe: each call has a consumer of its own.
 */
final class ReplyLog {
  private static final Duration POLL = Duration.ofMillis(200);

  private final ConsumerFactory<byte[], byte[]> consumers;

  ReplyLog(ConsumerFactory<byte[], byte[]> consumers) {
    this.consumers = consumers;
  }

  /** The highest sequence number published for a response; 0 if there is none. */
  long lastSequence(String responseId, int partition, long fromOffset) {
    var place = new TopicPartition(Topics.REPLIES, partition);
    long last = 0;
    try (var consumer = consumers.createConsumer(null, null)) {
      consumer.assign(List.of(place));
      long end = consumer.endOffsets(List.of(place)).getOrDefault(place, 0L);
      long start = consumer.beginningOffsets(List.of(place)).getOrDefault(place, 0L);
      consumer.seek(place, Math.max(start, Math.min(fromOffset, end)));
      while (consumer.position(place) < end)
        for (var published : consumer.poll(POLL)) {
          var reply = Reply.of(published);
          if (reply.responseId().equals(responseId)) last = Math.max(last, reply.sequence());
        }
    }
    return last;
  }
}
