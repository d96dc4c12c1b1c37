package dev.sluice.api.responses;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import io.lettuce.core.RedisException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a conversation needs to go on: of each response its input and how it ended, compressed,
 * until the retention is over. An aid, no ledger: what could not be written is missing later, and
 * nobody waits for it. Ids are worth something to their owner alone, so keys need no owner.
 * Thread-safe.
 */
final class ResponseStore {
  private static final Logger log = LoggerFactory.getLogger(ResponseStore.class);
  private static final String KEY = "sluice:response:";
  private static final String INPUT = "input";
  private static final String RESPONSE = "response";
  private static final String DELETED = "deleted";

  private final StatefulRedisConnection<byte[], byte[]> redis;
  private final Executor threads;
  private final Duration retention;
  private final Duration tombstone;
  private final byte[] keep;
  private final Counter failures;

  /**
   * @param input the items that the model was given, a JSON array; null if it is not known
   * @param response the response object as it ended; null if that is not known
   * @param deleted whether its owner has deleted it
   */
  record Stored(byte @Nullable [] input, byte @Nullable [] response, boolean deleted) {}

  /**
   * @param threads for compressing, which callers must not wait for
   * @param events how long the reply log keeps the events of a response
   */
  ResponseStore(
      StatefulRedisConnection<byte[], byte[]> redis,
      Executor threads,
      Duration retention,
      Duration events,
      String keepScript,
      MeterRegistry registry) {
    this.redis = redis;
    this.threads = threads;
    this.retention = retention;
    this.tombstone = retention.compareTo(events) > 0 ? retention : events;
    this.keep = Keys.bytes(keepScript);
    this.failures =
        Counter.builder("sluice.store.failures")
            .description("Parts of conversations that Redis did not take")
            .register(registry);
  }

  /** Keeps the input of a response; returns at once. */
  void keepInput(String responseId, Supplier<byte[]> items) {
    threads.execute(() -> write(responseId, INPUT, Compression.deflated(items.get())));
  }

  /** Keeps how a response has ended; returns at once. */
  void keepEnd(String responseId, byte[] event) {
    threads.execute(() ->
        ResponseField.of(event)
            .ifPresent(response -> write(responseId, RESPONSE, Compression.deflated(response))));
  }

  /**
   * What is kept of a response. Blocks for a round trip.
   *
   * @throws SluiceException with {@link ErrorCode#SERVICE_UNAVAILABLE} if Redis does not answer
   */
  Optional<Stored> find(String responseId) {
    try {
      var fields = redis.sync().hgetall(key(responseId));
      if (fields.isEmpty()) return Optional.empty();
      byte[] input = null;
      byte[] response = null;
      boolean deleted = false;
      for (Map.Entry<byte[], byte[]> field : fields.entrySet())
        switch (new String(field.getKey(), UTF_8)) {
          case INPUT -> input = Compression.inflated(field.getValue());
          case RESPONSE -> response = Compression.inflated(field.getValue());
          case DELETED -> deleted = true;
          default -> {
            // Of a newer version
          }
        }
      return Optional.of(new Stored(input, response, deleted));
    } catch (RedisException unavailable) {
      throw unavailable(unavailable);
    }
  }

  /**
   * Forgets a response, and remembers that for as long as anything of it may still be there, or
   * come. Blocks for a few round trips.
   */
  void delete(String responseId) {
    try {
      var key = key(responseId);
      redis.sync().hset(key, Keys.bytes(DELETED), new byte[] {1}); // from here on nothing is kept
      redis.sync().hdel(key, Keys.bytes(INPUT), Keys.bytes(RESPONSE));
      redis.sync().pexpire(key, tombstone);
    } catch (RedisException unavailable) {
      throw unavailable(unavailable);
    }
  }

  private void write(String responseId, String field, byte[] value) {
    var _ =
        redis
            .async()
            .eval(
                keep,
                ScriptOutputType.INTEGER,
                new byte[][] {key(responseId)},
                Keys.bytes(DELETED),
                Keys.bytes(field),
                value,
                Keys.bytes(Long.toString(retention.toMillis())))
            .whenComplete((_, failure) -> {
              if (failure == null) return;
              failures.increment();
              log.atDebug()
                  .addKeyValue("cause", failure.toString())
                  .log("A response could not be kept");
            });
  }

  private static SluiceException unavailable(RedisException cause) {
    return new SluiceException(
        ErrorCode.SERVICE_UNAVAILABLE, "Stored responses cannot be read now. Try again.", cause);
  }

  private static byte[] key(String responseId) {
    return Keys.bytes(KEY + responseId);
  }
}
