package dev.sluice.worker.model;

import dev.sluice.common.error.ErrorCode;
import java.time.Duration;

/**
 * Why an attempt failed, and what that means for the request.
 *
 * @param code our stable code
 * @param wireCode what the client sees: our code, or the provider's own where it says more
 * @param detail a sentence for the client; never a key or a header
 * @param retryable whether another attempt may succeed, as long as no text was delivered
 * @param notBefore the provider's own wish, a minimum; zero where it named none
 */
public record Failure(
    ErrorCode code, String wireCode, String detail, boolean retryable, Duration notBefore) {
  static Failure of(ErrorCode code, boolean retryable) {
    return new Failure(code, code.code(), code.sentence(), retryable, Duration.ZERO);
  }

  /** A failure that no further attempt would mend. */
  public static Failure last(ErrorCode code) {
    return of(code, false);
  }
}
