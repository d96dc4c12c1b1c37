package dev.sluice.api.lanes;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.LaneCounters;
import dev.sluice.common.topic.Priority;
import io.lettuce.core.KeyValue;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells those who wait in a lane where they stand, once a second as long as it changes. Two
 * commands a second and lane, whoever waits in it. Thread-safe.
 */
public final class LaneWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LaneWatch.class);
  private static final Duration EVERY = Duration.ofSeconds(1);

  private final StatefulRedisConnection<String, byte[]> redis;
  private final Paces paces;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("lane-watch").daemon().factory());
  private final Map<Lane, Set<Waiting>> waiting = new ConcurrentHashMap<>();

  /**
   * Where a request waits.
   *
   * @param own tokens of the request itself
   */
  public record Place(Lane lane, LaneLength.Ticket ticket, long own) {
    private String encode() {
      return "%s %s %d %d %d"
          .formatted(lane.pool(), lane.priority(), ticket.number(), ticket.tokens(), own);
    }

    private static Optional<Place> decode(String text) {
      var parts = text.split(" ", -1);
      if (parts.length != 5) return Optional.empty(); // of another version
      var ticket = new LaneLength.Ticket(Long.parseLong(parts[2]), Long.parseLong(parts[3]));
      var lane = new Lane(parts[0], Priority.valueOf(parts[1]));
      return Optional.of(new Place(lane, ticket, Long.parseLong(parts[4])));
    }
  }

  /** One who waits; its standing changes on the timer's and Redis's thread, one after the other. */
  private static final class Waiting {
    final Place place;
    final Consumer<LaneLength.Standing> told;
    LaneLength.@Nullable Standing last;

    Waiting(Place place, Consumer<LaneLength.Standing> told) {
      this.place = place;
      this.told = told;
    }
  }

  public LaneWatch(StatefulRedisConnection<String, byte[]> redis, Paces paces) {
    this.redis = redis;
    this.paces = paces;
    this.timer.scheduleWithFixedDelay(
        this::look, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Begins to tell where a request stands.
   *
   * @param told must not block
   * @return ends it
   */
  public Runnable watch(Place place, Consumer<LaneLength.Standing> told) {
    var one = new Waiting(place, told);
    var here = waiting.computeIfAbsent(place.lane, _ -> ConcurrentHashMap.newKeySet());
    here.add(one);
    return () -> here.remove(one);
  }

  /** How many are told where they stand. */
  public int current() {
    return waiting.values().stream().mapToInt(Set::size).sum();
  }

  /** Tells all instances where a request waits whose client wants to know; returns at once. */
  public void remember(String requestId, Place place, Instant until) {
    var kept = SetArgs.Builder.pxAt(until);
    var _ = redis.async().set(key(requestId), place.encode().getBytes(UTF_8), kept);
  }

  /** It waits no longer; returns at once. */
  public void forget(String requestId) {
    var _ = redis.async().del(key(requestId));
  }

  /**
   * Where a request waits; empty if it does not, if its client does not care, or on any failure.
   */
  public CompletionStage<Optional<Place>> find(String requestId) {
    return redis
        .async()
        .get(key(requestId))
        .thenApply(
            kept -> kept == null ? Optional.<Place>empty() : Place.decode(new String(kept, UTF_8)))
        .exceptionally(_ -> Optional.empty());
  }

  private static String key(String requestId) {
    return "sluice:place:" + requestId;
  }

  /** How long lanes are now, and those that go before them; fails as Redis does. */
  public static CompletableFuture<Map<Lane, LaneLength>> lengths(
      StatefulRedisConnection<String, byte[]> redis, List<Lane> lanes) {
    var asked = new HashMap<Lane, CompletableFuture<LaneLength>>();
    for (var lane : lanes) {
      asked.computeIfAbsent(lane, it -> length(redis, it));
      asked.computeIfAbsent(LaneLength.first(lane), it -> length(redis, it));
    }
    return CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new))
        .thenApply(_ -> {
          var known = new HashMap<Lane, LaneLength>();
          asked.forEach((lane, length) -> known.put(lane, length.join()));
          return known;
        });
  }

  private static CompletableFuture<LaneLength> length(
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
        lengths(redis, List.of(lane))
            .thenAccept(lengths -> tell(lane, here, lengths))
            .exceptionally(LaneWatch::unknown);
    });
  }

  private void tell(Lane lane, Set<Waiting> here, Map<Lane, LaneLength> lengths) {
    var pace = paces.of(lane);
    var length = LaneLength.of(lane, lengths, paces);
    for (var each : here) {
      var standing = length.of(each.place.ticket, each.place.own, pace);
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
