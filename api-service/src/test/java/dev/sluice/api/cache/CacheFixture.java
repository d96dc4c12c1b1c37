package dev.sluice.api.cache;

import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;

/** AnswerCache as tests of other packages need them. */
public final class CacheFixture {
  private CacheFixture() {}

  /** Shared by one user's requests, where they are deterministic. */
  public static AnswerCache answers(StatefulRedisConnection<String, byte[]> redis) {
    return new AnswerCache(
        new CacheProperties(
            CacheProperties.Mode.DETERMINISTIC,
            CacheProperties.Scope.USER,
            Duration.ofHours(1),
            262_144),
        redis);
  }
}
