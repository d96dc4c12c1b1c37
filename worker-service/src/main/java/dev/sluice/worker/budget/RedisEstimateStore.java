package dev.sluice.worker.budget;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A small hash for each model in Redis, changed by one script. */
final class RedisEstimateStore implements EstimateStore {
  // Sums are halved at so many samples: of the last few hundred each counts alike.
  static final int REMEMBERED = 512;

  private final StatefulRedisConnection<byte[], byte[]> redis;
  private final byte[] script;

  RedisEstimateStore(StatefulRedisConnection<byte[], byte[]> redis, String script) {
    this.redis = redis;
    this.script = script.getBytes(UTF_8);
  }

  @Override
  public CompletionStage<LearntSums> add(String model, LearntSums fresh, LearntSums known) {
    var keys = new byte[][] {"sluice:estimate:%s".formatted(model).getBytes(UTF_8)};
    try {
      return redis
          .async()
          .<List<Long>>eval(script, ScriptOutputType.MULTI, keys, arguments(fresh, known))
          .thenApply(RedisEstimateStore::sums);
    } catch (RuntimeException unavailable) {
      return CompletableFuture.failedStage(unavailable);
    }
  }

  private static byte[][] arguments(LearntSums fresh, LearntSums known) {
    var numbers =
        new long[] {
          REMEMBERED,
          fresh.counted(),
          fresh.told(),
          fresh.answers(),
          fresh.surcharge(),
          fresh.charged(),
          fresh.charges(),
          known.counted(),
          known.told(),
          known.answers(),
          known.surcharge(),
          known.charged(),
          known.charges()
        };
    var arguments = new byte[numbers.length][];
    for (int i = 0; i < numbers.length; i++)
      arguments[i] = Long.toString(numbers[i]).getBytes(UTF_8);
    return arguments;
  }

  private static LearntSums sums(List<Long> sums) {
    return new LearntSums(
        sums.get(0), sums.get(1), sums.get(2), sums.get(3), sums.get(4), sums.get(5));
  }
}
