package dev.sluice.api;

import io.lettuce.core.RedisConnectionException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** An api instance that cannot start without Redis says so in one line. */
final class RedisFailureAnalyzer extends AbstractFailureAnalyzer<RedisConnectionException> {
  @Override
  protected @Nullable FailureAnalysis analyze(Throwable root, RedisConnectionException failure) {
    return new FailureAnalysis(
        "Redis does not answer: set SPRING_DATA_REDIS_URL to one that does, or start it",
        "conversations and who watches which response live there",
        failure);
  }
}
