package dev.sluice.worker.lanes;

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
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mends the counters of lanes. What was counted in and never came, because an api instance died on
 * the way, would be waited for: positions and times would be too long until the lane is forgotten.
 * Every worker looks; what one has mended, the others find in order. Thread-safe.
 */
public final class LaneRepair implements AutoCloseable {
  /*
   * Nothing waits in a lane whose offsets are committed up to its end. If the counters say otherwise
   * at two looks in a row, and not one request was counted in between, none is on its way either:
   * the pause is longer than an api instance tries to enqueue one. A lane that is never empty is not
   * mended; there the error is a few places among many.
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
  private final Map<Lane, List<String>> suspected = new HashMap<>(); // the timer's alone

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
        suspected.remove(lane);
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
    var before = suspected.remove(lane);
    if (counted.getFirst().equals(counted.getLast()) || !isEmpty(lane)) return;
    if (!counted.equals(before)) {
      suspected.put(lane, counted);
      return;
    }
    long mended =
        redis
            .sync()
            .<Long>eval(
                script,
                ScriptOutputType.INTEGER,
                new String[] {LaneCounters.key(lane)},
                counted.getFirst(),
                counted.getLast());
    if (mended == 1)
      log.atInfo()
          .addKeyValue("lane", lane.topic())
          .addKeyValue("accepted", counted.getFirst())
          .addKeyValue("started", counted.getLast())
          .log("A lane that is empty was counted as if some waited; its counters are mended");
  }

  /** Requests accepted and started, as Redis has them. */
  private List<String> counted(Lane lane) {
    return redis
        .sync()
        .hmget(LaneCounters.key(lane), LaneCounters.ACCEPTED, LaneCounters.STARTED)
        .stream()
        .map(count -> count.getValueOrElse("0"))
        .toList();
  }

  /** Whether every request of a lane has ended. */
  private boolean isEmpty(Lane lane)
      throws InterruptedException, ExecutionException, TimeoutException {
    var topics =
        admin
            .describeTopics(List.of(lane.topic()))
            .allTopicNames()
            .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    var latest = new HashMap<TopicPartition, OffsetSpec>();
    for (var topic : topics.values())
      for (var partition : topic.partitions())
        latest.put(new TopicPartition(topic.name(), partition.partition()), OffsetSpec.latest());
    var ends = admin.listOffsets(latest).all().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    var committed =
        admin
            .listConsumerGroupOffsets(group)
            .partitionsToOffsetAndMetadata()
            .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    return ends.entrySet().stream()
        .allMatch(end -> {
          var at = committed.get(end.getKey());
          return (at == null ? 0 : at.offset()) >= end.getValue().offset();
        });
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
