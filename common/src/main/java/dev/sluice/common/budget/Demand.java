package dev.sluice.common.budget;

import java.time.Duration;

/**
 * What clients ask of one pool, on average.
 *
 * @param perSecond requests that arrive in a second
 * @param chargedTokens what the provider counts against its token limits for one request, see
 *     {@link #charge}
 * @param latency of a call, from its start to the end of its answer
 */
public record Demand(double perSecond, long chargedTokens, Duration latency) {
  public Demand {
    if (!Double.isFinite(perSecond) || perSecond < 0)
      throw new IllegalArgumentException("%s requests a second cannot arrive".formatted(perSecond));
    if (chargedTokens < 1)
      throw new IllegalArgumentException("a request is charged one token at the least");
    if (latency.isNegative()) throw new IllegalArgumentException("a call cannot take " + latency);
  }

  /**
   * What the provider charges a request up front: the larger of its {@code max_output_tokens} and
   * the estimate of its input (OpenAI's rate-limit guide). What the answer really takes does not
   * count.
   *
   * @param maxOutputTokens 0 where the request sets none
   */
  public static long charge(long inputTokens, long maxOutputTokens) {
    return Math.max(1, Math.max(inputTokens, maxOutputTokens));
  }
}
