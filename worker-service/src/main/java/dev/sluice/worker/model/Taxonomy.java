package dev.sluice.worker.model;

import static dev.sluice.common.error.ErrorCode.INSUFFICIENT_QUOTA;
import static dev.sluice.common.error.ErrorCode.PROVIDER_CREDENTIALS_REJECTED;
import static dev.sluice.common.error.ErrorCode.PROVIDER_REJECTED;
import static dev.sluice.common.error.ErrorCode.PROVIDER_UNAVAILABLE;
import static dev.sluice.common.error.ErrorCode.RATE_LIMIT_EXCEEDED;
import static dev.sluice.worker.model.Failure.Reaction.CLOSE_POOL;
import static dev.sluice.worker.model.Failure.Reaction.END;
import static dev.sluice.worker.model.Failure.Reaction.RETRY;
import static dev.sluice.worker.model.Failure.Reaction.SHORTEN;
import static dev.sluice.worker.model.Failure.Reaction.SLOW_DOWN;
import static dev.sluice.worker.model.Failure.Reaction.WAIT;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.trim.ContextLimit;
import dev.sluice.worker.model.Failure.Reaction;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the provider's errors mean, in one place: the first row that matches decides. Codes come
 * before statuses: {@code error.type} and the status are too coarse to tell a full minute from an
 * empty account. Source: OpenAI's guides "Error codes" and "Rate limits".
 */
final class Taxonomy {
  private static final int ANY_STATUS = 0;
  private static final String ANY_CODE = "*";
  private static final Duration AT_ONCE = Duration.ZERO;
  // "Please retry your requests after a brief wait", says the guide; the usual second is too brief.
  private static final Duration OVERLOADED = Duration.ofSeconds(5);

  /**
   * @param atLeast wait before the next attempt, where the provider names no longer one
   */
  private record Row(int status, String code, Reaction reaction, ErrorCode ours, Duration atLeast) {
    boolean matches(int answered, @Nullable String told) {
      return (status == ANY_STATUS || status == answered)
          && (code.equals(ANY_CODE) || code.equals(told));
    }
  }

  private static final List<Row> TABLE =
      List.of(
          // The account is out of money or over a limit it set itself: waiting does not mend it
          row(ANY_STATUS, "insufficient_quota", CLOSE_POOL, INSUFFICIENT_QUOTA),
          row(ANY_STATUS, "credit_balance_exhausted", CLOSE_POOL, INSUFFICIENT_QUOTA),
          row(ANY_STATUS, "organization_spend_limit_exceeded", CLOSE_POOL, INSUFFICIENT_QUOTA),
          row(ANY_STATUS, "project_spend_limit_exceeded", CLOSE_POOL, INSUFFICIENT_QUOTA),
          row(ANY_STATUS, "organization_usage_limit_exceeded", CLOSE_POOL, INSUFFICIENT_QUOTA),
          // The key is wrong or may not do this: ops' problem, not the user's
          row(401, ANY_CODE, CLOSE_POOL, PROVIDER_CREDENTIALS_REJECTED),
          row(403, ANY_CODE, CLOSE_POOL, PROVIDER_CREDENTIALS_REJECTED),
          // Too much in this minute, or too much more than a moment ago
          row(ANY_STATUS, "slow_down", SLOW_DOWN, RATE_LIMIT_EXCEEDED),
          row(ANY_STATUS, "rate_limit_exceeded", WAIT, RATE_LIMIT_EXCEEDED),
          row(429, ANY_CODE, WAIT, RATE_LIMIT_EXCEEDED),
          // The provider's own trouble
          row(ANY_STATUS, "server_is_overloaded", RETRY, PROVIDER_UNAVAILABLE, OVERLOADED),
          row(ANY_STATUS, "server_error", RETRY, PROVIDER_UNAVAILABLE),
          row(ANY_STATUS, "vector_store_timeout", RETRY, PROVIDER_UNAVAILABLE),
          row(408, ANY_CODE, RETRY, PROVIDER_UNAVAILABLE),
          row(409, ANY_CODE, RETRY, PROVIDER_UNAVAILABLE),
          row(503, ANY_CODE, RETRY, PROVIDER_UNAVAILABLE, OVERLOADED),
          row(500, ANY_CODE, RETRY, PROVIDER_UNAVAILABLE),
          row(502, ANY_CODE, RETRY, PROVIDER_UNAVAILABLE),
          row(504, ANY_CODE, RETRY, PROVIDER_UNAVAILABLE),
          // Longer than the model's context: shortened to what the provider says, once
          row(ANY_STATUS, "context_length_exceeded", SHORTEN, PROVIDER_REJECTED),
          // The request itself: model_not_found, invalid_prompt and the like
          row(400, ANY_CODE, END, PROVIDER_REJECTED),
          row(404, ANY_CODE, END, PROVIDER_REJECTED));

  private Taxonomy() {}

  private static Row row(int status, String code, Reaction reaction, ErrorCode ours) {
    return row(status, code, reaction, ours, AT_ONCE);
  }

  private static Row row(
      int status, String code, Reaction reaction, ErrorCode ours, Duration atLeast) {
    return new Row(status, code, reaction, ours, atLeast);
  }

  /**
   * A refusal before the stream began.
   *
   * @param code the provider's {@code error.code}
   * @param message the provider's {@code error.message}
   * @param retryAfter from {@code retry-after-ms} or {@code retry-after}
   */
  static Failure refusal(
      int status, @Nullable String code, @Nullable String message, Duration retryAfter) {
    for (var row : TABLE)
      if (row.matches(status, code)) return failure(row, code, message, retryAfter);
    // A status that no guide names: a 5xx may pass, anything else would repeat
    return status >= 500
        ? failure(row(status, ANY_CODE, RETRY, PROVIDER_UNAVAILABLE), code, message, retryAfter)
        : failure(row(status, ANY_CODE, END, PROVIDER_REJECTED), code, message, retryAfter);
  }

  /** An {@code error} or {@code response.failed} event inside a stream that began well. */
  static Failure event(@Nullable String code, @Nullable String message) {
    // A failure without a code is the provider's own; with a code that no row names, the request's
    return refusal(code == null ? 500 : 400, code, message, AT_ONCE);
  }

  private static Failure failure(
      Row row, @Nullable String code, @Nullable String message, Duration retryAfter) {
    var notBefore = retryAfter.compareTo(row.atLeast) > 0 ? retryAfter : row.atLeast;
    if (row.ours != PROVIDER_REJECTED)
      return new Failure(
          row.ours, row.ours.code(), row.ours.sentence(), row.reaction, notBefore, null);
    return new Failure(
        row.ours,
        code == null ? row.ours.code() : code,
        message == null ? row.ours.sentence() : message,
        row.reaction,
        notBefore,
        row.reaction == SHORTEN ? ContextLimit.in(message).orElse(null) : null);
  }
}
