package dev.sluice.simulator;

import dev.sluice.simulator.limit.Verdict.Refused;
import dev.sluice.simulator.limit.Verdict.TooLarge;
import dev.sluice.simulator.wire.ApiError;

/** The 429 texts of the limits. */
final class RateLimitErrors {
  static final String ORGANIZATION = "org-sluicesimulator0000000";

  private static final String CODE = "rate_limit_exceeded";
  private static final String VISIT =
      " Visit https://platform.openai.com/account/rate-limits to learn more.";

  private RateLimitErrors() {}

  static ApiError of(Refused refused, String model) {
    var waitMs = RateLimitHeaders.millis(refused.waitNanos());
    var bandwidth = refused.limitedBy();
    var message =
        "Rate limit reached for %s in organization %s on %s: Limit %d, Used %d, Requested %d. Please try again in %s."
            .formatted(
                model,
                ORGANIZATION,
                bandwidth.label(),
                refused.limit(),
                refused.used(),
                refused.requested(),
                RateLimitHeaders.interval(waitMs));
    return new ApiError(429, bandwidth.errorType(), CODE, message + VISIT, null, waitMs);
  }

  static ApiError of(TooLarge tooLarge, String model) {
    var bandwidth = tooLarge.limitedBy();
    var message =
        "Request too large for %s in organization %s on %s: Limit %d, Requested %d. The input or output tokens must be reduced in order to run successfully."
            .formatted(
                model, ORGANIZATION, bandwidth.label(), tooLarge.limit(), tooLarge.requested());
    return new ApiError(429, bandwidth.errorType(), CODE, message + VISIT, null, 0);
  }

  /** A refusal that was asked for, whatever the limits say. */
  static ApiError onDemand(String model, int status, String code, long retryAfterMs) {
    var message =
        "Rate limit reached for %s in organization %s on tokens per min (TPM). Please try again in %s."
            .formatted(model, ORGANIZATION, RateLimitHeaders.interval(retryAfterMs));
    return new ApiError(status, "tokens", code, message + VISIT, null, retryAfterMs);
  }
}
