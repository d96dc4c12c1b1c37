package dev.sluice.api.lanes;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.budget.Tier;
import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.LaneCounters;
import io.lettuce.core.KeyValue;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells those who wait in a lane where they stand, once a second as long as it changes. One command
 * a second and lane, whoever waits in it. Thread-safe.
 */
public final class LaneWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LaneWatch.class);
  private static final Duration EVERY = Duration.ofSeconds(1);

  private final StatefulRedisConnection<String, byte[]> redis;
  private final Function<Lane, Tier> limits;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("lane-watch").daemon().factory());
  private final Map<Lane, Map<String, Waiting>> waiting = new ConcurrentHashMap<>();

  /** One who waits; its standing changes on the timer's and Redis's thread, one after the other. */
  private static final class Waiting {
    final LaneLength.Ticket ticket;
    final long own;
    final Consumer<LaneLength.Standing> told;
    LaneLength.@Nullable Standing last;

    Waiting(LaneLength.Ticket ticket, long own, Consumer<LaneLength.Standing> told) {
      this.ticket = ticket;
      this.own = own;
      this.told = told;
    }
  }

  /**
   * @param limits in force for a lane's pool
   */
  public LaneWatch(StatefulRedisConnection<String, byte[]> redis, Function<Lane, Tier> limits) {
    this.redis = redis;
    this.limits = limits;
    this.timer.scheduleWithFixedDelay(
        this::look, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Begins to tell where a request stands, until it is told to {@link #leave}.
   *
   * @param own tokens of the request itself
   * @param told must not block
   */
  public void watch(
      Lane lane,
      String requestId,
      LaneLength.Ticket ticket,
      long own,
      Consumer<LaneLength.Standing> told) {
    waiting
        .computeIfAbsent(lane, _ -> new ConcurrentHashMap<>())
        .put(requestId, new Waiting(ticket, own, told));
  }

  public void leave(Lane lane, String requestId) {
    var here = waiting.get(lane);
    if (here != null) here.remove(requestId);
  }

  /** How long a lane is now; fails as Redis does. */
  public static CompletableFuture<LaneLength> length(
      StatefulRedisConnection<String, byte[]> redis, Lane lane) {
    return redis
        .async()
        .hmget(
            LaneCounters.key(lane),
            LaneCounters.ACCEPTED,
            LaneCounters.ACCEPTED_TOKENS,
            LaneCounters.STARTED,
            LaneCounters.STARTED_TOKENS)
        .thenApply(LaneWatch::length)
        .toCompletableFuture();
  }

  private static LaneLength length(List<KeyValue<String, byte[]>> counts) {
    return new LaneLength(
        count(counts.get(0)), count(counts.get(1)), count(counts.get(2)), count(counts.get(3)));
  }

  private static long count(KeyValue<String, byte[]> count) {
    return count.hasValue() ? Long.parseLong(new String(count.getValue(), UTF_8)) : 0;
  }

  private void look() {
    waiting.forEach((lane, here) -> {
      if (!here.isEmpty())
        length(redis, lane)
            .thenAccept(length -> tell(lane, here, length))
            .exceptionally(LaneWatch::unknown);
    });
  }

  private void tell(Lane lane, Map<String, Waiting> here, LaneLength length) {
    var granted = limits.apply(lane);
    for (var each : here.values()) {
      var standing = length.of(each.ticket, each.own, granted);
      if (standing.equals(each.last)) continue;
      each.last = standing;
      each.told.accept(standing);
    }
  }

  private static @Nullable Void unknown(Throwable failure) {
    log.atDebug().addKeyValue("cause", failure.toString()).log("A lane's length is not known now");
    return null;
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
