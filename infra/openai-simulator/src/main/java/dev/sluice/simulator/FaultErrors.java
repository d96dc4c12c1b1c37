package dev.sluice.simulator;

import dev.sluice.simulator.fault.Fault;
import dev.sluice.simulator.wire.ApiError;
import dev.sluice.simulator.wire.ErrorTexts;
import dev.sluice.simulator.wire.ModelRequest;

/** The errors that faults on demand answer. */
final class FaultErrors {
  private FaultErrors() {}

  /**
   * @param context tokens that the model can hold, named by context_length
   */
  static ApiError of(Fault fault, ModelRequest request, int context) {
    return switch (fault.kind()) {
      case RATE_LIMIT ->
          RateLimitErrors.onDemand(
              request.model(),
              fault.statusOr(429),
              fault.codeOr("rate_limit_exceeded"),
              fault.retryAfterMs());
      case SLOW_DOWN ->
          ErrorTexts.slowDown(fault.statusOr(429), fault.codeOr("slow_down"), fault.retryAfterMs());
      case INSUFFICIENT_QUOTA ->
          ErrorTexts.insufficientQuota(fault.statusOr(429), fault.codeOr("insufficient_quota"));
      case BAD_KEY -> ErrorTexts.wrongKey("sk-revoked");
      case CONTEXT_LENGTH ->
          ErrorTexts.contextLength(
              request.endpoint(), context, context + request.prompt().inputTokens());
      case OVERLOADED ->
          ErrorTexts.overloaded(fault.statusOr(503), fault.codeOr("server_is_overloaded"));
      case SERVER_ERROR, PROXY_ERROR, FAILED_EVENT, HANG, CUT, MALFORMED_EVENT, SLOW_FIRST_TOKEN ->
          ErrorTexts.serverError(fault.statusOr(500), fault.codeOr("server_error"));
    };
  }
}
