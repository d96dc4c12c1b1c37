package dev.sluice.api.admission;

import java.time.Duration;
import java.util.Map;

/** When to come back, as the provider itself tells it and its SDKs read it. */
final class RetryAfter {
  private RetryAfter() {}

  static Map<String, String> headers(Duration wait) {
    long millis = Math.max(1, wait.toMillis());
    return Map.of(
        "retry-after", Long.toString(Math.ceilDiv(millis, 1_000L)),
        "retry-after-ms", Long.toString(millis));
  }
}
