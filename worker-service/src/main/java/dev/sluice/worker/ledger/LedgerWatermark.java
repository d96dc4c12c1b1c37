package dev.sluice.worker.ledger;

import dev.sluice.common.topic.Topics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Up to when the ledger is complete, whichever worker writes it: the ends of the usage topic are
 * noted, and once the writers' group has come that far, everything up to that moment is in
 * Postgres. Confined to one thread; blocks for the broker.
 */
final class LedgerWatermark {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Admin admin;
  private final String topic;
  private final String group;
  private final InstantSource clock;
  private List<TopicPartition> partitions = List.of();
  private Instant through = Instant.EPOCH;
  private @Nullable Mark mark;

  /** Where the topic ended at a moment. */
  private record Mark(Instant at, Map<TopicPartition, Long> ends) {}

  LedgerWatermark(Admin admin, InstantSource clock) {
    this(admin, Topics.USAGE, LedgerWriter.GROUP, clock);
  }

  LedgerWatermark(Admin admin, String topic, String group, InstantSource clock) {
    this.admin = admin;
    this.topic = topic;
    this.group = group;
    this.clock = clock;
  }

  /** Looks how far the writers have come. */
  Instant sample() throws InterruptedException {
    if (partitions.isEmpty()) partitions = partitions();
    var noted = mark;
    if (noted == null || isReached(noted)) {
      if (noted != null) through = noted.at();
      mark = new Mark(clock.instant(), ends());
    }
    return through;
  }

  private boolean isReached(Mark noted) throws InterruptedException {
    Map<TopicPartition, OffsetAndMetadata> committed =
        get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
    return noted.ends().entrySet().stream()
        .allMatch(end -> {
          var at = committed.get(end.getKey());
          return (at == null ? 0 : at.offset()) >= end.getValue();
        });
  }

  private List<TopicPartition> partitions() throws InterruptedException {
    var described = get(admin.describeTopics(List.of(topic)).allTopicNames()).values();
    return described.stream()
        .flatMap(it -> it.partitions().stream())
        .map(partition -> new TopicPartition(topic, partition.partition()))
        .toList();
  }

  private Map<TopicPartition, Long> ends() throws InterruptedException {
    var asked = partitions.stream().collect(Collectors.toMap(it -> it, _ -> OffsetSpec.latest()));
    var ends = new HashMap<TopicPartition, Long>();
    get(admin.listOffsets(asked).all())
        .forEach((partition, end) -> ends.put(partition, end.offset()));
    return ends;
  }

  private static <T> T get(KafkaFuture<T> asked) throws InterruptedException {
    try {
      return asked.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException unanswered) {
      throw new IllegalStateException("Kafka does not answer", unanswered);
    }
  }
}
