package dev.sluice.common.message;

/**
 * Tokens of one attempt.
 *
 * @param input all input tokens, cached ones included
 * @param cachedInput input tokens that the provider had cached
 * @param cacheWrite input tokens that were written to the provider's cache
 * @param output all output tokens, reasoning included
 * @param reasoning output tokens spent on reasoning
 * @param estimated whether we counted them because the provider did not say
 */
public record TokenUsage(
    long input, long cachedInput, long cacheWrite, long output, long reasoning, boolean estimated) {
  /** An attempt that the provider refused or never answered. */
  public static final TokenUsage NONE = new TokenUsage(0, 0, 0, 0, 0, false);

  /** Counted by us: the stream ended before the provider told. */
  public static TokenUsage estimated(long input, long output) {
    return new TokenUsage(input, 0, 0, output, 0, true);
  }

  /** Input and output. */
  public long total() {
    return input + output;
  }
}
