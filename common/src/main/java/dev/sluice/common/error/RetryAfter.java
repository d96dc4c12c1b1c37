package dev.sluice.common.error;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** When to come back, as the provider itself tells it and its SDKs read it. */
public final class RetryAfter {
  private static final Duration MOMENT = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private RetryAfter() {}

  /** What HTTP says beside an error. */
  public static Map<String, String> headers(Duration wait) {
    long millis = Math.max(1, wait.toMillis());
    return Map.of(
        "retry-after", Long.toString(Math.ceilDiv(millis, 1_000L)),
        "retry-after-ms", Long.toString(millis));
  }

  /** Empty where sending the request again would not help, or may help at once. */
  public static Optional<Duration> of(ErrorCode code) {
    return switch (code) {
      case TOO_MANY_RESPONSES, SERVICE_UNAVAILABLE -> Optional.of(MOMENT);
      // The provider's limits and failures are measured in minutes; so is an operator's reaction.
      case RATE_LIMIT_EXCEEDED,
          PROVIDER_UNAVAILABLE,
          INSUFFICIENT_QUOTA,
          PROVIDER_CREDENTIALS_REJECTED ->
          Optional.of(MINUTE);
      default -> Optional.empty();
    };
  }
}
