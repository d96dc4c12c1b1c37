package dev.sluice.api.ops;

import dev.sluice.common.topic.Lane;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What stands on the lanes by Kafka's own count: the truth even where no worker is left to tell.
 * Confined to one thread at a time; blocks for a few round trips.
 */
final class Backlogs implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Backlogs.class);
  private static final Duration WITHIN = Duration.ofSeconds(1);
  private static final Duration POLL = Duration.ofMillis(300);

  private final Admin admin;
  private final Supplier<Consumer<byte[], byte[]>> consumers;
  private final String group;
  private final List<String> topics;
  private @Nullable Set<TopicPartition> partitions;
  private Map<TopicPartition, Span> last = Map.of();
  private final Map<TopicPartition, First> firsts = new HashMap<>();

  /** What is not committed: from the first such offset to the end. */
  record Span(long first, long end) {
    long length() {
      return Math.max(0, end - first);
    }
  }

  /** When the record at an offset was put on its lane. */
  private record First(long offset, Instant at) {}

  Backlogs(
      Admin admin, Supplier<Consumer<byte[], byte[]>> consumers, String group, List<Lane> lanes) {
    this.admin = admin;
    this.consumers = consumers;
    this.group = group;
    this.topics = lanes.stream().map(Lane::topic).toList();
  }

  /** A lane by Kafka's count: records that are not committed, and all that were ever put on it. */
  record Count(long uncommitted, long everAccepted) {}

  /** Counts; where Kafka does not answer, what was counted last. */
  Map<Lane, Count> count() {
    try {
      last = spans();
    } catch (ExecutionException | TimeoutException | KafkaException unavailable) {
      log.atDebug()
          .addKeyValue("cause", unavailable.toString())
          .log("Kafka does not tell the backlog; the last one known is shown");
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
    var counts = new HashMap<Lane, Count>();
    last.forEach((partition, span) ->
        counts.merge(
            Lane.ofTopic(partition.topic()),
            new Count(span.length(), span.end()),
            (one, other) ->
                new Count(
                    one.uncommitted() + other.uncommitted(),
                    one.everAccepted() + other.everAccepted())));
    return counts;
  }

  /**
   * When the first uncommitted record of a lane was put on it. Reads records, but none twice; meant
   * for lanes that no worker reports on.
   */
  @Nullable Instant oldest(Lane lane) {
    var wanted = new HashMap<TopicPartition, Long>();
    last.forEach((partition, span) -> {
      if (partition.topic().equals(lane.topic()) && span.length() > 0)
        wanted.put(partition, span.first());
    });
    firsts
        .keySet()
        .removeIf(each -> each.topic().equals(lane.topic()) && !wanted.containsKey(each));
    var unknown = new HashMap<>(wanted);
    unknown
        .entrySet()
        .removeIf(each -> {
          var first = firsts.get(each.getKey());
          return first != null && first.offset() == each.getValue();
        });
    if (!unknown.isEmpty()) read(unknown);
    return wanted.keySet().stream()
        .map(firsts::get)
        .filter(first -> first != null)
        .map(First::at)
        .min(Instant::compareTo)
        .orElse(null);
  }

  private void read(Map<TopicPartition, Long> from) {
    try (var consumer = consumers.get()) {
      consumer.assign(from.keySet());
      from.forEach(consumer::seek);
      var missing = new HashSet<>(from.keySet());
      long until = System.nanoTime() + WITHIN.toNanos();
      while (!missing.isEmpty() && System.nanoTime() < until)
        for (var record : consumer.poll(POLL)) {
          var partition = new TopicPartition(record.topic(), record.partition());
          if (!missing.remove(partition)) continue;
          firsts.put(
              partition,
              new First(
                  from.getOrDefault(partition, 0L), Instant.ofEpochMilli(record.timestamp())));
          consumer.pause(List.of(partition));
        }
    } catch (KafkaException unavailable) {
      log.atDebug()
          .addKeyValue("cause", unavailable.toString())
          .log("Kafka does not tell how old the backlog is");
    }
  }

  private Map<TopicPartition, Span> spans()
      throws ExecutionException, TimeoutException, InterruptedException {
    var all = partitions();
    var latest = new HashMap<TopicPartition, OffsetSpec>();
    all.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
    var ends = admin.listOffsets(latest).all();
    var committed =
        admin
            .listConsumerGroupOffsets(group)
            .partitionsToOffsetAndMetadata()
            .get(WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    var spans = new HashMap<TopicPartition, Span>();
    var begun = new ArrayList<TopicPartition>();
    ends.get(WITHIN.toMillis(), TimeUnit.MILLISECONDS)
        .forEach((partition, end) -> {
          var first = committed.get(partition);
          spans.put(partition, new Span(first == null ? 0 : first.offset(), end.offset()));
          if (first == null && end.offset() > 0) begun.add(partition);
        });
    if (!begun.isEmpty()) startAtTheBeginning(spans, begun);
    return spans;
  }

  /** Of partitions that no worker has ever committed, what retention has left counts. */
  private void startAtTheBeginning(
      Map<TopicPartition, Span> spans, List<TopicPartition> uncommitted)
      throws ExecutionException, TimeoutException, InterruptedException {
    var earliest = new HashMap<TopicPartition, OffsetSpec>();
    uncommitted.forEach(partition -> earliest.put(partition, OffsetSpec.earliest()));
    admin
        .listOffsets(earliest)
        .all()
        .get(WITHIN.toMillis(), TimeUnit.MILLISECONDS)
        .forEach((partition, first) ->
            spans.computeIfPresent(partition, (_, span) -> new Span(first.offset(), span.end())));
  }

  private Set<TopicPartition> partitions()
      throws ExecutionException, TimeoutException, InterruptedException {
    if (partitions != null) return partitions;
    var found = new HashSet<TopicPartition>();
    admin
        .describeTopics(topics)
        .allTopicNames()
        .get(WITHIN.toMillis(), TimeUnit.MILLISECONDS)
        .forEach((topic, described) ->
            described
                .partitions()
                .forEach(each -> found.add(new TopicPartition(topic, each.partition()))));
    partitions = found;
    return found;
  }

  @Override
  public void close() {
    admin.close(WITHIN);
  }
}
