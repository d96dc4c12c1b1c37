package dev.sluice.worker;

import io.lettuce.core.RedisConnectionException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** A worker that cannot start without Redis says so in one line. */
final class RedisFailureAnalyzer extends AbstractFailureAnalyzer<RedisConnectionException> {
  @Override
  protected @Nullable FailureAnalysis analyze(Throwable root, RedisConnectionException failure) {
    return new FailureAnalysis(
        "Redis does not answer: set SPRING_DATA_REDIS_URL to one that does, or start it",
        "leases and the budget live there",
        failure);
  }
}
