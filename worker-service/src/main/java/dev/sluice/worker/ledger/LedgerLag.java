package dev.sluice.worker.ledger;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * How far the writer is behind. Asks the broker for the records, so that a writer that is stuck
 * still sees its backlog grow; the time is that of the record it is at. Thread-safe.
 */
final class LedgerLag {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Admin admin;
  private final String group;
  private final Supplier<Collection<TopicPartition>> assigned;
  private final InstantSource clock;

  private volatile long records;
  // What the writer is at: since when its batch waits, and the time of its last written record
  private volatile Instant position = Instant.MAX;
  private volatile boolean pending;

  /**
   * @param assigned the partitions that this worker writes, at this moment
   */
  LedgerLag(
      Admin admin,
      String group,
      Supplier<Collection<TopicPartition>> assigned,
      InstantSource clock) {
    this.admin = admin;
    this.group = group;
    this.assigned = assigned;
    this.clock = clock;
  }

  void fetched(Instant oldest) {
    position = oldest;
    pending = true;
  }

  void written() {
    pending = false;
  }

  long records() {
    return records;
  }

  double seconds() {
    if (!pending && records == 0) return 0;
    var behind = Duration.between(position, clock.instant());
    return behind.isNegative() ? 0 : behind.toMillis() / 1000.0;
  }

  /** Asks the broker; what could not be asked stays as it was. */
  void sample() throws InterruptedException {
    var partitions = assigned.get();
    try {
      var latest = offsets(partitions, OffsetSpec.latest());
      var earliest = offsets(partitions, OffsetSpec.earliest());
      var committed =
          admin
              .listConsumerGroupOffsets(group)
              .partitionsToOffsetAndMetadata()
              .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      long behind = 0;
      for (var partition : partitions) {
        var at = committed.get(partition);
        long from = at == null ? earliest.getOrDefault(partition, 0L) : at.offset();
        behind += Math.max(0, latest.getOrDefault(partition, from) - from);
      }
      records = behind;
    } catch (ExecutionException | TimeoutException unanswered) {
      throw new IllegalStateException("Kafka does not answer", unanswered);
    }
  }

  private Map<TopicPartition, Long> offsets(Collection<TopicPartition> partitions, OffsetSpec which)
      throws InterruptedException, ExecutionException, TimeoutException {
    var asked = new HashMap<TopicPartition, OffsetSpec>();
    partitions.forEach(partition -> asked.put(partition, which));
    var offsets = new HashMap<TopicPartition, Long>();
    admin
        .listOffsets(asked)
        .all()
        .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .forEach((partition, answer) -> offsets.put(partition, answer.offset()));
    return offsets;
  }
}
