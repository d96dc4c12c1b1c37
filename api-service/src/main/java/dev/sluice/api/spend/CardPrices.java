package dev.sluice.api.spend;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a rate card says of input and output, per 1,000,000 tokens, in USD.
 *
 * @param until first moment at which it is not in force any more
 * @param longAbove input tokens above which the long prices hold
 */
record CardPrices(
    String model,
    String serviceTier,
    Instant from,
    @Nullable Instant until,
    BigDecimal input,
    BigDecimal output,
    @Nullable Long longAbove,
    @Nullable BigDecimal longInput,
    @Nullable BigDecimal longOutput) {
  private static final int PER_MILLION = 6;

  boolean isInForce(Instant at) {
    return !at.isBefore(from) && (until == null || at.isBefore(until));
  }

  BigDecimal cost(long inputTokens, long outputTokens) {
    if (longAbove != null && longInput != null && longOutput != null && inputTokens > longAbove)
      return cost(longInput, inputTokens, longOutput, outputTokens);
    return cost(input, inputTokens, output, outputTokens);
  }

  private static BigDecimal cost(BigDecimal in, long inTokens, BigDecimal out, long outTokens) {
    return in.multiply(BigDecimal.valueOf(inTokens))
        .add(out.multiply(BigDecimal.valueOf(outTokens)))
        .movePointLeft(PER_MILLION);
  }
}
