package dev.sluice.worker.budget;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A pool's state as one value in Redis, replaced by one script. */
final class RedisStateStore implements StateStore {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long NANOS_PER_MICRO = 1_000L;

  private final StatefulRedisConnection<byte[], byte[]> redis;
  private final byte[] script;
  private final String digest;
  private final byte[] key;
  private final Duration timeout;

  RedisStateStore(
      StatefulRedisConnection<byte[], byte[]> redis, String script, String pool, Duration timeout) {
    this.redis = redis;
    this.script = script.getBytes(UTF_8);
    this.digest = redis.async().digest(this.script);
    // Braces make the pool one hash slot of a cluster.
    this.key = "sluice:budget:{%s}".formatted(pool).getBytes(UTF_8);
    this.timeout = timeout;
  }

  @Override
  public Answer replace(byte[] expected, byte[] next) throws InterruptedException {
    List<Object> answer;
    try {
      answer = run(expected, next);
    } catch (RedisException | IllegalStateException unavailable) {
      throw new StateUnavailableException(unavailable);
    }
    long at = (Long) answer.get(1) * NANOS_PER_SECOND + (Long) answer.get(2) * NANOS_PER_MICRO;
    return new Answer((Long) answer.get(0) == 1, (byte[]) answer.get(3), at);
  }

  private List<Object> run(byte[] expected, byte[] next) throws InterruptedException {
    var keys = new byte[][] {key};
    try {
      return await(redis.async().evalsha(digest, ScriptOutputType.MULTI, keys, expected, next));
    } catch (RedisNoScriptException flushed) {
      return await(redis.async().eval(script, ScriptOutputType.MULTI, keys, expected, next));
    }
  }

  private List<Object> await(CompletionStage<List<Object>> answer) throws InterruptedException {
    try {
      return answer.toCompletableFuture().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof RedisException told ? told : new RedisException(failed);
    } catch (TimeoutException late) {
      throw new RedisException("no answer within " + timeout, late);
    }
  }
}
