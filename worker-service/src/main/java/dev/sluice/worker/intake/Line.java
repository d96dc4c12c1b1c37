package dev.sluice.worker.intake;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Queue;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What this worker has of one lane: records that are fetched and wait, and those that are handed
 * over and run. Partitions are served in turn, a record each, so that a user who floods one of them
 * holds up no user of another. Confined to the poll loop's thread.
 */
final class Line {
  private final SequencedMap<TopicPartition, Queue<ConsumerRecord<byte[], byte[]>>> waiting =
      new LinkedHashMap<>();
  private final Set<Handed> notBegun = new HashSet<>();
  private int inFlight;

  /** A record that was handed over. */
  record Handed(TopicPartition partition, long offset, Instant since) {
    static Handed of(ConsumerRecord<?, ?> fetched) {
      return new Handed(
          Line.partition(fetched), fetched.offset(), Instant.ofEpochMilli(fetched.timestamp()));
    }
  }

  static TopicPartition partition(ConsumerRecord<?, ?> fetched) {
    return new TopicPartition(fetched.topic(), fetched.partition());
  }

  void add(ConsumerRecord<byte[], byte[]> fetched) {
    waiting.computeIfAbsent(partition(fetched), _ -> new ArrayDeque<>()).add(fetched);
  }

  /**
   * Takes the next one of the partition whose turn it is.
   *
   * @return null if none waits
   */
  @Nullable ConsumerRecord<byte[], byte[]> next() {
    var turn = waiting.pollFirstEntry();
    if (turn == null) return null;
    var next = turn.getValue().remove();
    if (!turn.getValue().isEmpty()) waiting.put(turn.getKey(), turn.getValue());
    return next;
  }

  void handedOver(Handed record) {
    notBegun.add(record);
    inFlight++;
  }

  /** Does nothing if it has begun before. */
  void begun(Handed record) {
    notBegun.remove(record);
  }

  void ended(Handed record) {
    notBegun.remove(record);
    inFlight--;
  }

  boolean holds(TopicPartition partition) {
    return waiting.containsKey(partition);
  }

  void forget(Collection<TopicPartition> partitions) {
    waiting.keySet().removeAll(partitions);
  }

  void forgetAll() {
    waiting.clear();
  }

  int waiting() {
    return waiting.values().stream().mapToInt(Queue::size).sum();
  }

  int inFlight() {
    return inFlight;
  }

  /** Handed over, and its work has not begun. */
  int notBegun() {
    return notBegun.size();
  }

  /** When the oldest was put on its lane that has not begun. */
  @Nullable Instant oldest() {
    return Stream.concat(
            waiting.values().stream().map(each -> Handed.of(each.element()).since()),
            notBegun.stream().map(Handed::since))
        .min(Instant::compareTo)
        .orElse(null);
  }
}
