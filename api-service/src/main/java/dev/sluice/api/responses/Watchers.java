package dev.sluice.api.responses;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.api.enqueue.RequestQueue;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who watches which response, on all instances: a set in Redis for each response that runs. A
 * response is cancelled when its last watcher has been gone for the grace. Thread-safe; nothing
 * blocks.
 */
final class Watchers implements AutoCloseable {
  /*
   * An instance that dies leaves its watchers in the set, and the response runs to its end: that
   * costs an answer, while the other mistake would take one from somebody who is reading it. For the
   * same reason nothing is cancelled while Redis does not say who is there.
   */
  private static final Logger log = LoggerFactory.getLogger(Watchers.class);
  private static final String KEY = "sluice:watch:";
  private static final String FOLLOWER = "follower-";

  private final StatefulRedisConnection<byte[], byte[]> redis;
  private final RequestQueue queue;
  private final ScheduledExecutorService timer;
  private final Duration memory;
  private final String instance;
  private final AtomicLong next = new AtomicLong();

  /**
   * @param instance tells this instance from the others
   * @param memory how long a response may be watched
   */
  Watchers(
      StatefulRedisConnection<byte[], byte[]> redis,
      RequestQueue queue,
      ScheduledExecutorService timer,
      Duration memory,
      String instance) {
    this.redis = redis;
    this.queue = queue;
    this.timer = timer;
    this.memory = memory;
    this.instance = instance;
  }

  /** One more; returns its name. */
  String enter(String responseId) {
    return enter(responseId, instance + next.incrementAndGet());
  }

  /** One more, for whom the response must go on even if its own client cancels it. */
  String enterAsFollower(String responseId) {
    return enter(responseId, FOLLOWER + instance + next.incrementAndGet());
  }

  private String enter(String responseId, String name) {
    var commands = redis.async();
    var _ = commands.sadd(key(responseId), Keys.bytes(name));
    var _ = commands.pexpire(key(responseId), memory);
    return name;
  }

  /** Whether a response goes on for others than its own client; no, if Redis does not say. */
  CompletionStage<Boolean> hasFollowers(String responseId) {
    return redis
        .async()
        .smembers(key(responseId))
        .thenApply(
            names -> names.stream().anyMatch(name -> new String(name, UTF_8).startsWith(FOLLOWER)))
        .exceptionally(_ -> false);
  }

  void leave(String responseId, String name) {
    var _ = redis.async().srem(key(responseId), Keys.bytes(name));
  }

  /** Leaves; if nobody watches the response once {@code grace} is over, it is cancelled. */
  void leave(String responseId, String name, Duration grace) {
    leave(responseId, name);
    if (grace.isZero()) cancelIfUnwatched(responseId);
    else
      timer.schedule(() -> cancelIfUnwatched(responseId), grace.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void cancelIfUnwatched(String responseId) {
    var _ =
        redis
            .async()
            .scard(key(responseId))
            .whenComplete((watchers, failure) -> {
              if (failure != null)
                log.atWarn()
                    .addKeyValue("cause", failure.toString())
                    .log("Redis does not say who watches a response; it runs on");
              else if (watchers == 0) {
                var _ = queue.cancel(responseId);
              }
            });
  }

  private static byte[] key(String responseId) {
    return Keys.bytes(KEY + responseId);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
