package dev.sluice.api.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.api.StatefulRedisConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.springframework.core.io.ClassPathResource;

/** The cache as tests of other packages need them. */
public final class CacheFixture {
  private CacheFixture() {}

  private static String script() {
    try {
      return new ClassPathResource("lua/delete-own.lua").getContentAsString(UTF_8);
    } catch (IOException absent) {
      throw new UncheckedIOException(absent);
    }
  }

  public static AnswerCache answers(StatefulRedisConnection<String, byte[]> redis) {
    return new AnswerCache(properties(CacheProperties.Scope.USER), redis, script());
  }

  /**
   * Shared where requests are deterministic.
   *
   * @param scope by whose
   */
  public static Questions questions(String scope) {
    return new Questions(properties(CacheProperties.Scope.valueOf(scope)));
  }

  private static CacheProperties properties(CacheProperties.Scope scope) {
    return new CacheProperties(
        CacheProperties.Mode.DETERMINISTIC, scope, Duration.ofHours(1), 262_144);
  }
}
