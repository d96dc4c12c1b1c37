package dev.sluice.worker.model;

import dev.sluice.common.error.ErrorCode;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the provider's errors mean, in one place. Switches on {@code error.code}: the type is too
 * coarse to tell a full minute from an empty account. Source: OpenAI's guides "Error codes" and
 * "Rate limits".
 */
final class Taxonomy {
  // 429s that waiting does not mend: the account is out of money or over a limit it set itself.
  private static final Set<String> OUT_OF_CREDIT =
      Set.of(
          "insufficient_quota",
          "credit_balance_exhausted",
          "organization_spend_limit_exceeded",
          "project_spend_limit_exceeded",
          "organization_usage_limit_exceeded");

  private Taxonomy() {}

  /**
   * A refusal before the stream began.
   *
   * @param code the provider's {@code error.code}
   * @param message the provider's {@code error.message}
   * @param retryAfter from {@code retry-after-ms} or {@code retry-after}
   */
  static Failure refusal(
      int status, @Nullable String code, @Nullable String message, Duration retryAfter) {
    if (code != null && OUT_OF_CREDIT.contains(code))
      return Failure.of(ErrorCode.INSUFFICIENT_QUOTA, false);
    if (status == 429) return waitAndRetry(ErrorCode.RATE_LIMIT_EXCEEDED, retryAfter);
    if (status == 401 || status == 403)
      return Failure.of(ErrorCode.PROVIDER_CREDENTIALS_REJECTED, false);
    if (status == 408 || status == 409 || status >= 500)
      return waitAndRetry(ErrorCode.PROVIDER_UNAVAILABLE, retryAfter);
    return rejected(code, message);
  }

  /** An {@code error} or {@code response.failed} event inside a stream that began well. */
  static Failure event(@Nullable String code, @Nullable String message) {
    if (code == null) return waitAndRetry(ErrorCode.PROVIDER_UNAVAILABLE, Duration.ZERO);
    if (OUT_OF_CREDIT.contains(code)) return Failure.of(ErrorCode.INSUFFICIENT_QUOTA, false);
    return switch (code) {
      case "rate_limit_exceeded", "slow_down" ->
          waitAndRetry(ErrorCode.RATE_LIMIT_EXCEEDED, Duration.ZERO);
      case "server_error", "server_is_overloaded", "vector_store_timeout" ->
          waitAndRetry(ErrorCode.PROVIDER_UNAVAILABLE, Duration.ZERO);
      default -> rejected(code, message);
    };
  }

  private static Failure waitAndRetry(ErrorCode code, Duration notBefore) {
    return new Failure(code, code.code(), code.sentence(), true, notBefore);
  }

  private static Failure rejected(@Nullable String code, @Nullable String message) {
    var ours = ErrorCode.PROVIDER_REJECTED;
    return new Failure(
        ours,
        code == null ? ours.code() : code,
        message == null ? ours.sentence() : message,
        false,
        Duration.ZERO);
  }
}
