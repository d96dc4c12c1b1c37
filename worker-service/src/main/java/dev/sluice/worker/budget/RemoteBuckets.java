package dev.sluice.worker.budget;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.budget.Bandwidth;
import dev.sluice.common.budget.Pool;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.distributed.AsyncBucketProxy;
import io.github.bucket4j.distributed.proxy.AsyncProxyManager;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.RedisClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The buckets of a pool in Redis, through Bucket4j. Thread-safe; nothing blocks. */
final class RemoteBuckets {
  private final AsyncProxyManager<byte[]> buckets;
  private final BudgetSettings settings;

  RemoteBuckets(RedisClient redis, BudgetSettings settings, InstantSource clock) {
    this.settings = settings;
    this.buckets =
        Bucket4jLettuce.casBasedBuilder(redis)
            .clientClock(new WallClock(clock))
            .requestTimeout(settings.timeout())
            .build()
            .asAsync();
  }

  /** One bucket for each bandwidth that the pool's tier limits. */
  Map<Bandwidth, DebtBucket> of(Pool pool) {
    var all = new EnumMap<Bandwidth, DebtBucket>(Bandwidth.class);
    pool.tier()
        .limits()
        .forEach((bandwidth, limit) ->
            all.put(bandwidth, new RemoteBucket(proxy(pool, bandwidth, limit))));
    return all;
  }

  private AsyncBucketProxy proxy(Pool pool, Bandwidth bandwidth, long limit) {
    // A changed limit gets a key of its own: a bucket keeps the configuration it was made with.
    var key = "sluice:budget:%s:%s:%d".formatted(pool.name(), bandwidth, limit).getBytes(UTF_8);
    var configuration = configuration(bandwidth, limit);
    return buckets.builder().build(key, () -> CompletableFuture.completedFuture(configuration));
  }

  private BucketConfiguration configuration(Bandwidth bandwidth, long limit) {
    long usable = Math.max(1, (long) (limit * settings.utilisation()));
    boolean daily = bandwidth.period().compareTo(Duration.ofMinutes(1)) > 0;
    // A day's requests may go in its first hour; a minute's tokens may not go in its first second.
    long capacity = daily ? usable : Math.max(1, (long) (usable * settings.burst()));
    // Starts empty: a bucket that was lost with Redis must not come back as a burst.
    return BucketConfiguration.builder()
        .addLimit(bucket ->
            bucket
                .capacity(capacity)
                .refillGreedy(usable, bandwidth.period())
                .initialTokens(daily ? capacity : 0))
        .build();
  }

  private record RemoteBucket(AsyncBucketProxy bucket) implements DebtBucket {
    @Override
    public CompletableFuture<Duration> consume(long amount) {
      return bucket.consumeIgnoringRateLimits(amount).thenApply(Duration::ofNanos);
    }

    @Override
    public CompletableFuture<Void> giveBack(long amount) {
      return bucket.addTokens(amount);
    }
  }

  /**
   * Bucket4j's default clock counts milliseconds; at thousands of tokens each that is too coarse.
   */
  private record WallClock(InstantSource source) implements TimeMeter {
    @Override
    public long currentTimeNanos() {
      var now = source.instant();
      return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    @Override
    public boolean isWallClockBased() {
      return true;
    }
  }
}
