package dev.sluice.worker.model;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.trim.ContextLimit;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why an attempt failed, and what that means for the request.
 *
 * @param code our stable code
 * @param wireCode what the client sees: our code, or the provider's own where it says more
 * @param detail a sentence for the client; never a key or a header
 * @param reaction what to do about it
 * @param notBefore the least wait before another attempt; zero where the backoff alone decides
 * @param context what the provider said of the model's context, if it said anything
 */
public record Failure(
    ErrorCode code,
    String wireCode,
    String detail,
    Reaction reaction,
    Duration notBefore,
    @Nullable ContextLimit context) {
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
    /** The conversation is longer than the model's context: shortened it may pass, at once. */
    SHORTEN,
    /** The request itself is at fault: another attempt would fail the same way. */
    END
  }

  static Failure of(ErrorCode code, Reaction reaction) {
    return new Failure(code, code.code(), code.sentence(), reaction, Duration.ZERO, null);
  }

  /** A failure that no further attempt would mend. */
  public static Failure last(ErrorCode code) {
    return of(code, Reaction.END);
  }

  /** What the provider said of the model's context, if the conversation is too long for it. */
  public Optional<ContextLimit> contextLimit() {
    return Optional.ofNullable(context);
  }

  /** Whether another attempt of the same may succeed, as long as no text was delivered. */
  public boolean retryable() {
    return switch (reaction) {
      case RETRY, WAIT, SLOW_DOWN -> true;
      case CLOSE_POOL, SHORTEN, END -> false;
    };
  }
}
