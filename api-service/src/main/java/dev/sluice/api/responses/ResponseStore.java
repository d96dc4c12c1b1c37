package dev.sluice.api.responses;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
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
  private final Counter failures;

  /**
   * @param input the items that the model was given, a JSON array; null if it is not known
   * @param response the response object as it ended; null if that is not known
   * @param deleted whether its owner has deleted it
   */
  record Stored(byte @Nullable [] input, byte @Nullable [] response, boolean deleted) {}

  /**
   * @param threads for compressing, which callers must not wait for
   */
  ResponseStore(
      StatefulRedisConnection<byte[], byte[]> redis,
      Executor threads,
      Duration retention,
      MeterRegistry registry) {
    this.redis = redis;
    this.threads = threads;
    this.retention = retention;
    this.failures =
        Counter.builder("sluice.store.failures")
            .description("Parts of conversations that Redis did not take")
            .register(registry);
  }

  /** Keeps the input of a response; returns at once. */
  void keepInput(String responseId, Supplier<byte[]> items) {
    threads.execute(() -> write(responseId, INPUT, deflated(items.get())));
  }

  /** Keeps how a response has ended; returns at once. */
  void keepEnd(String responseId, byte[] event) {
    threads.execute(() ->
        ResponseField.of(event)
            .ifPresent(response -> write(responseId, RESPONSE, deflated(response))));
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
          case INPUT -> input = inflated(field.getValue());
          case RESPONSE -> response = inflated(field.getValue());
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

  /** Forgets a response, and remembers that. Blocks for a round trip. */
  void delete(String responseId) {
    try {
      var key = key(responseId);
      redis.sync().hset(key, Keys.bytes(DELETED), new byte[] {1});
      redis.sync().hdel(key, Keys.bytes(INPUT), Keys.bytes(RESPONSE));
      redis.sync().pexpire(key, retention);
    } catch (RedisException unavailable) {
      throw unavailable(unavailable);
    }
  }

  private void write(String responseId, String field, byte[] value) {
    var commands = redis.async();
    var key = key(responseId);
    var _ =
        commands
            .hset(key, Keys.bytes(field), value)
            .whenComplete((_, failure) -> {
              if (failure == null) return;
              failures.increment();
              log.atDebug()
                  .addKeyValue("cause", failure.toString())
                  .log("A response could not be kept");
            });
    var _ = commands.pexpire(key, retention);
  }

  private static SluiceException unavailable(RedisException cause) {
    return new SluiceException(
        ErrorCode.SERVICE_UNAVAILABLE, "Stored responses cannot be read now. Try again.", cause);
  }

  private static byte[] key(String responseId) {
    return Keys.bytes(KEY + responseId);
  }

  private static byte[] deflated(byte[] bytes) {
    var packed = new ByteArrayOutputStream(bytes.length / 2);
    try (var deflater = new DeflaterOutputStream(packed)) {
      deflater.write(bytes);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return packed.toByteArray();
  }

  private static byte[] inflated(byte[] packed) {
    try (var inflater = new InflaterInputStream(new ByteArrayInputStream(packed))) {
      return inflater.readAllBytes();
    } catch (IOException damaged) {
      throw new UncheckedIOException(damaged);
    }
  }
}
