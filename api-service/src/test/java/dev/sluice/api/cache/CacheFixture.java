package dev.sluice.api.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.api.StatefulRedisConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.springframework.core.io.ClassPathResource;

/** AnswerCache as tests of other packages need them. */
public final class CacheFixture {
  private CacheFixture() {}

  private static String script() {
    try {
      return new ClassPathResource("lua/delete-own.lua").getContentAsString(UTF_8);
    } catch (IOException absent) {
      throw new UncheckedIOException(absent);
    }
  }

  /**
   * Shared where requests are deterministic.
   *
   * @param scope by whose
   */
  public static AnswerCache answers(StatefulRedisConnection<String, byte[]> redis, String scope) {
    return new AnswerCache(
        new CacheProperties(
            CacheProperties.Mode.DETERMINISTIC,
            CacheProperties.Scope.valueOf(scope),
            Duration.ofHours(1),
            262_144),
        redis,
        script());
  }
}
