package dev.sluice.api.ops;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.api.lanes.LaneLength;
import dev.sluice.api.lanes.LaneWatch;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.message.MalformedMessageException;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.message.WorkerReport;
import dev.sluice.common.topic.Lane;
import io.lettuce.core.RedisException;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/** What the workers and lanes say of themselves in Redis: one round trip. Thread-safe. */
final class FleetStore {
  private final StatefulRedisConnection<String, byte[]> redis;
  private final MessageCodec codec;

  FleetStore(StatefulRedisConnection<String, byte[]> redis, MessageCodec codec) {
    this.redis = redis;
    this.codec = codec;
  }

  /**
   * @param workers in the order of their ids; those that have been gone for long are left out
   */
  record Fleet(List<SeenWorker> workers, Map<Lane, LaneLength> lanes) {}

  /**
   * Blocks for one round trip.
   *
   * @throws SluiceException with {@link ErrorCode#SERVICE_UNAVAILABLE} if Redis does not answer
   */
  Fleet read(List<Lane> lanes) {
    var commands = redis.async();
    var reports = commands.hgetall(WorkerReport.KEY).toCompletableFuture();
    var seen = commands.zrangeWithScores(WorkerReport.SEEN_KEY, 0, -1).toCompletableFuture();
    var time = commands.time().toCompletableFuture();
    var lengths = LaneWatch.lengths(redis, lanes);
    try {
      return new Fleet(workers(reports.join(), seen.join(), now(time.join())), lengths.join());
    } catch (CompletionException | RedisException unavailable) {
      throw new SluiceException(
          ErrorCode.SERVICE_UNAVAILABLE,
          "Redis does not answer, so nothing is known of the workers. Try again.",
          unavailable);
    }
  }

  private List<SeenWorker> workers(
      Map<String, byte[]> reports, List<ScoredValue<byte[]>> seen, Instant now) {
    return seen.stream()
        .flatMap(each -> {
          var report = reports.get(new String(each.getValue(), UTF_8));
          var at = Instant.ofEpochMilli((long) each.getScore());
          var age = Duration.between(at, now);
          boolean isForgotten = age.compareTo(WorkerReport.MEMORY) > 0;
          return report == null || isForgotten ? Stream.empty() : worker(report, at, age);
        })
        .sorted(Comparator.comparing(worker -> worker.report().id()))
        .toList();
  }

  private Stream<SeenWorker> worker(byte[] report, Instant at, Duration age) {
    try {
      return Stream.of(new SeenWorker(codec.decode(report, WorkerReport.class), at, age));
    } catch (MalformedMessageException ofAnotherVersion) {
      return Stream.empty(); // during an upgrade; its successor is read again
    }
  }

  private static Instant now(List<byte[]> time) {
    long seconds = Long.parseLong(new String(time.get(0), UTF_8));
    long micros = Long.parseLong(new String(time.get(1), UTF_8));
    return Instant.ofEpochSecond(seconds, micros * 1_000);
  }
}
