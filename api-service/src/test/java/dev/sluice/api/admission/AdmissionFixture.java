package dev.sluice.api.admission;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.cache.AnswerCache;
import dev.sluice.api.cache.CacheFixture;
import dev.sluice.api.lanes.Pace;
import dev.sluice.api.spend.SpendFixture;
import dev.sluice.common.budget.BudgetProperties;
import dev.sluice.common.budget.BudgetProperties.PoolProperties;
import dev.sluice.common.budget.Pool;
import dev.sluice.common.budget.Tier;
import dev.sluice.common.id.ResponseIds;
import dev.sluice.common.token.TokenCounter;
import dev.sluice.common.trim.TrimProperties;
import dev.sluice.common.trim.Trimmer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.springframework.core.io.ClassPathResource;

/** An admission on a real Redis, with a pool of its own. */
final class AdmissionFixture implements AutoCloseable {
  private static final UserLimit TEN = new UserLimit(10, Duration.ofSeconds(60));
  private static final UserLimit MANY = new UserLimit(1_000, Duration.ofSeconds(60));

  static final Duration EVENTS_KEPT = Duration.ofHours(1);

  private static final Tier TIER = new Tier(600, 60_000, null, null);

  private final String pool = "pool-" + UUID.randomUUID();
  private final RedisClient client;
  private final StatefulRedisConnection<String, byte[]> redis;
  private final AnswerCache answers;
  private final SpendFixture spend;
  private final Admission admission;
  private volatile Pace pace = Pace.of(TIER);

  AdmissionFixture(String url) {
    this(url, "USER");
  }

  /**
   * @param scope who shares an answer
   */
  AdmissionFixture(String url, String scope) {
    client = RedisClient.create(url);
    redis = client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
    answers = CacheFixture.answers(redis);
    spend = new SpendFixture(redis);
    var properties =
        new AdmissionProperties(
            Duration.ofMinutes(10), 100_000, TEN, Map.of("batch", MANY), 30, Duration.ofMinutes(5));
    var budget =
        new BudgetProperties(
            "t",
            Map.of(
                pool,
                new PoolProperties(
                    List.of("small"), null, Set.of(), Pool.DEFAULT_KEY, false, Map.of("t", TIER))));
    var ids = new ResponseIds("0123456789abcdef0123456789abcdef", new Random(1));
    var address =
        new ReplyAddress() {
          @Override
          public int partition() {
            return 3;
          }

          @Override
          public long offsetBound() {
            return 42;
          }
        };
    admission =
        new Admission(
            properties,
            new Pools(budget, Pool::tier),
            _ -> pace,
            CacheFixture.questions(scope),
            answers,
            new Trimmer(new TokenCounter(), noBounds()),
            new AdmissionStore(redis, script("replace"), script("delete-own")),
            new Envelopes(ids, address, properties.deadline()),
            spend.spending(),
            new AdmissionMeters(new SimpleMeterRegistry()),
            EVENTS_KEPT,
            InstantSource.system());
  }

  /** But those of a model's context, and none is known. */
  private static TrimProperties noBounds() {
    return new TrimProperties(TrimProperties.Mode.ALWAYS, null, Map.of(), 4_096, 0.25, Map.of());
  }

  private static String script(String name) {
    try {
      return new ClassPathResource("lua/%s.lua".formatted(name)).getContentAsString(UTF_8);
    } catch (IOException absent) {
      throw new UncheckedIOException(absent);
    }
  }

  Admission admission() {
    return admission;
  }

  AnswerCache answers() {
    return answers;
  }

  /** The caps that it heeds; there are none at first. */
  SpendFixture spend() {
    return spend;
  }

  String pool() {
    return pool;
  }

  void awaitAnswer(String fingerprint) {
    await().until(() -> redis.sync().exists(AnswerCache.answerKey(fingerprint)) == 1);
  }

  /** Waits until nobody is known to make the answer any more. */
  void awaitLanding(String fingerprint) {
    await().until(() -> redis.sync().exists(AnswerCache.flightKey(fingerprint)) == 0);
  }

  /** Redis answers whoever asks for it with an error. */
  void spoilAnswer(String fingerprint) {
    redis.sync().del(AnswerCache.answerKey(fingerprint));
    redis.sync().lpush(AnswerCache.answerKey(fingerprint), "no answer".getBytes(UTF_8));
  }

  /** From now on lanes move as fast as that. */
  void move(Pace other) {
    pace = other;
  }

  /** How long a repeat by an idempotency key gets the same response. */
  Duration repeatable(String user, String key) {
    return Duration.ofMillis(
        redis.sync().pttl("sluice:user:{%s}:idempotent:%s".formatted(user, key)));
  }

  void loseRedis() {
    redis.close();
  }

  @Override
  public void close() {
    client.shutdown();
  }
}
