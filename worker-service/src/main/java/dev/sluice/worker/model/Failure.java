package dev.sluice.worker.model;

import dev.sluice.common.error.ErrorCode;
import java.time.Duration;

/**
 * Why an attempt failed, and what that means for the request.
 *
 * @param code our stable code
 * @param wireCode what the client sees: our code, or the provider's own where it says more
 * @param detail a sentence for the client; never a key or a header
 * @param reaction what to do about it
 * @param notBefore the least wait before another attempt; zero where the backoff alone decides
 */
public record Failure(
    ErrorCode code, String wireCode, String detail, Reaction reaction, Duration notBefore) {
  /** What a failure calls for. */
  public enum Reaction {
    /** Another attempt may succeed, as long as no text was delivered. */
    RETRY,
    /** The rate limit is reached: every worker waits, then another attempt. */
    WAIT,
    /**
     * The traffic grew too fast: every worker waits, the pool climbs back, then another attempt.
     */
    SLOW_DOWN,
    /** Nothing will succeed until a person has acted: the pool is closed fleet-wide. */
    CLOSE_POOL,
    /** The request itself is at fault: another attempt would fail the same way. */
    END
  }

  static Failure of(ErrorCode code, Reaction reaction) {
    return new Failure(code, code.code(), code.sentence(), reaction, Duration.ZERO);
  }

  /** A failure that no further attempt would mend. */
  public static Failure last(ErrorCode code) {
    return of(code, Reaction.END);
  }

  /** Whether another attempt may succeed, as long as no text was delivered. */
  public boolean retryable() {
    return switch (reaction) {
      case RETRY, WAIT, SLOW_DOWN -> true;
      case CLOSE_POOL, END -> false;
    };
  }
}
