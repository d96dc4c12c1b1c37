package dev.sluice.worker.intake;

import dev.sluice.common.topic.Lane;
import dev.sluice.worker.intake.Line.Handed;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has ended on the partitions that are this worker's, and what Kafka has been told of it. A
 * partition that goes takes its map with it: what ends later is not ours to commit. Confined to the
 * poll loop's thread.
 */
final class Offsets {
  private static final Logger log = LoggerFactory.getLogger(Offsets.class);

  private final Consumer<byte[], byte[]> consumer;
  private final Map<TopicPartition, OffsetMap> maps = new HashMap<>();
  private final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();

  Offsets(Consumer<byte[], byte[]> consumer) {
    this.consumer = consumer;
  }

  /**
   * A record was fetched.
   *
   * @return whether it is to be started; false if it has ended under another owner
   */
  boolean fetched(ConsumerRecord<?, ?> record) {
    return maps.computeIfAbsent(Line.partition(record), _ -> new OffsetMap(record.offset()))
        .fetched(record.offset());
  }

  void ended(Handed record) {
    var map = maps.get(record.partition());
    if (map != null) map.ended(record.offset());
  }

  /** Whether a partition of which records were fetched is still this worker's. */
  boolean has(TopicPartition partition) {
    return maps.containsKey(partition);
  }

  /** How many requests of each lane have ended whose offsets cannot be committed yet. */
  Map<Lane, Long> endedAhead() {
    var ahead = new HashMap<Lane, Long>();
    maps.forEach((partition, map) ->
        ahead.merge(Lane.ofTopic(partition.topic()), map.endedAhead(), Long::sum));
    return ahead;
  }

  /** Takes up what the last owners of these partitions have left. */
  void take(Collection<TopicPartition> partitions) {
    try {
      consumer
          .committed(Set.copyOf(partitions))
          .forEach((partition, commit) -> {
            if (commit != null) maps.put(partition, OffsetMap.of(commit));
          });
    } catch (KafkaException unavailable) {
      // What has ended comes again then, and is recognised by its lease
      log.atWarn()
          .addKeyValue("cause", unavailable.toString())
          .log("Kafka does not tell what has ended on new partitions");
    }
  }

  void forget(Collection<TopicPartition> partitions) {
    maps.keySet().removeAll(partitions);
    committed.keySet().removeAll(partitions);
  }

  void forgetAll() {
    maps.clear();
    committed.clear();
  }

  /** Tells Kafka what is new, and does not wait. */
  void commit() {
    var due = new HashMap<TopicPartition, OffsetAndMetadata>();
    maps.forEach((partition, map) -> {
      var commit = map.commit();
      if (!commit.equals(committed.put(partition, commit))) due.put(partition, commit);
    });
    // Of some failures the client tells without saying which offsets it was about
    if (!due.isEmpty()) consumer.commitAsync(due, (_, failure) -> committed(due, failure));
  }

  private void committed(Map<TopicPartition, OffsetAndMetadata> due, @Nullable Exception failure) {
    if (failure == null) return;
    due.keySet().forEach(committed::remove);
    log.atWarn()
        .addKeyValue("cause", failure.toString())
        .log("Offsets were not committed; the next commit includes them");
  }

  /** {@link #commitNow} of all partitions. */
  void commitAllNow() {
    commitNow(maps.keySet());
  }

  /** Tells Kafka of these partitions before they go; every ending must have been told before. */
  void commitNow(Collection<TopicPartition> partitions) {
    var due = new HashMap<TopicPartition, OffsetAndMetadata>();
    for (var partition : partitions) {
      var map = maps.get(partition);
      if (map != null) due.put(partition, map.commit());
    }
    if (due.isEmpty()) return;
    try {
      consumer.commitSync(due);
    } catch (KafkaException unavailable) {
      log.atWarn()
          .addKeyValue("cause", unavailable.toString())
          .log("Kafka does not answer; what ended last may come again, and is recognised");
    }
  }
}
