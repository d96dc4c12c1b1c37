package dev.sluice.api.http;

import dev.sluice.common.error.ErrorCode;
import java.time.Duration;
import java.util.Optional;

/** How long to wait before a request is sent again that was refused. */
final class RetryAfter {
  private static final Duration MOMENT = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private RetryAfter() {}

  /** Empty where sending it again would not help, or may help at once. */
  static Optional<Duration> of(ErrorCode code) {
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
