package dev.sluice.worker.lanes;

import dev.sluice.common.topic.EndedOffsets;
import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.LaneCounters;
import io.lettuce.core.RedisException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mends the counters of lanes. What was counted in and never came, because an api instance died on
 * the way, would be waited for: positions and times would be too long until the lane is forgotten.
 * Every worker looks; what one has mended, the others find in order. Thread-safe.
 */
public final class LaneRepair implements AutoCloseable {
  /*
   * What was accepted before the last look is in the lane by now, or never will be: the pause is
   * longer than an api instance tries to enqueue one. So of these, no more can wait than there are
   * records in the lane that have not ended; what the counters say beyond that never came. The error
   * that stays is no larger than what runs, and what was accepted since the last look.
   *
   * More starts than were accepted are left when Redis has forgotten the lane with requests in it.
   */
  private static final Logger log = LoggerFactory.getLogger(LaneRepair.class);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final StatefulRedisConnection<String, String> redis;
  private final Admin admin;
  private final String group;
  private final List<Lane> lanes;
  private final String script;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("lane-repair").daemon().factory());
  private final Map<Lane, Long> acceptedBefore = new HashMap<>(); // the timer's alone

  /**
   * @param group consumer group of the workers
   * @param every pause between two looks
   */
  LaneRepair(
      StatefulRedisConnection<String, String> redis,
      Admin admin,
      String group,
      List<Lane> lanes,
      String script,
      Duration every) {
    this.redis = redis;
    this.admin = admin;
    this.group = group;
    this.lanes = List.copyOf(lanes);
    this.script = script;
    this.timer.scheduleWithFixedDelay(
        this::look, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void look() {
    for (var lane : lanes)
      try {
        look(lane);
      } catch (RedisException | KafkaException | ExecutionException | TimeoutException unanswered) {
        acceptedBefore.remove(lane);
        log.atDebug()
            .addKeyValue("cause", unanswered.toString())
            .log("The counters of a lane cannot be checked now");
      } catch (InterruptedException stopping) {
        Thread.currentThread().interrupt();
        return;
      }
  }

  private void look(Lane lane) throws InterruptedException, ExecutionException, TimeoutException {
    var counted = counted(lane);
    var settled = acceptedBefore.put(lane, counted.accepted);
    if (settled == null) return;
    if (counted.started > counted.accepted) mend(lane, counted, counted.accepted - counted.started);
    else if (settled > counted.started) {
      long open = open(lane);
      var now = counted(lane); // later than the lane was looked at: it must not seem shorter
      if (settled - now.started > open) mend(lane, now, settled - now.started - open);
    }
  }

  private void mend(Lane lane, Counted counted, long neverCame) {
    long mended =
        redis
            .sync()
            .<Long>eval(
                script,
                ScriptOutputType.INTEGER,
                new String[] {LaneCounters.key(lane)},
                Long.toString(neverCame),
                Long.toString(counted.mended));
    if (mended == 1)
      log.atInfo()
          .addKeyValue("lane", lane.topic())
          .addKeyValue("requests", neverCame)
          .log("Requests were counted as waiting in a lane that are not in it; this is mended");
  }

  /** Requests as Redis has them, and by how many these counters have been put right. */
  private record Counted(long accepted, long started, long mended) {}

  private Counted counted(Lane lane) {
    var counts =
        redis
            .sync()
            .hmget(
                LaneCounters.key(lane),
                LaneCounters.ACCEPTED,
                LaneCounters.STARTED,
                LaneCounters.MENDED)
            .stream()
            .map(count -> Long.parseLong(count.getValueOrElse("0")))
            .toList();
    return new Counted(counts.get(0), counts.get(1), counts.get(2));
  }

  /** How many records of a lane have not ended. */
  private long open(Lane lane) throws InterruptedException, ExecutionException, TimeoutException {
    var topics =
        admin
            .describeTopics(List.of(lane.topic()))
            .allTopicNames()
            .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    var latest = new HashMap<TopicPartition, OffsetSpec>();
    for (var topic : topics.values())
      for (var partition : topic.partitions())
        latest.put(new TopicPartition(topic.name(), partition.partition()), OffsetSpec.latest());
    // Commits before ends: a record that ends in between counts as open
    var committed =
        admin
            .listConsumerGroupOffsets(
                Map.of(group, new ListConsumerGroupOffsetsSpec().topicPartitions(latest.keySet())))
            .partitionsToOffsetAndMetadata(group)
            .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    var ends = admin.listOffsets(latest).all().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    return ends.entrySet().stream()
        .mapToLong(end -> open(committed.get(end.getKey()), end.getValue().offset()))
        .sum();
  }

  private static long open(@Nullable OffsetAndMetadata committed, long end) {
    if (committed == null) return end;
    int endedAhead = EndedOffsets.decode(committed.metadata()).cardinality();
    return Math.max(0, end - committed.offset() - endedAhead);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
