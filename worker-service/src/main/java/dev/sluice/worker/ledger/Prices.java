package dev.sluice.worker.ledger;

import static java.math.BigDecimal.valueOf;

import dev.sluice.common.message.RateCardAdded;
import dev.sluice.common.message.TokenUsage;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** Prices of 1,000,000 tokens, in the currency of their rate card. */
record Prices(BigDecimal input, BigDecimal cachedInput, BigDecimal cacheWrite, BigDecimal output) {
  private static final int PER_MILLION = 6;
  private static final int DECIMALS = 10;

  static Prices of(RateCardAdded.Prices prices) {
    return new Prices(prices.input(), prices.cachedInput(), prices.cacheWrite(), prices.output());
  }

  /**
   * Half-even to 10 decimals, once, at the end: the only place where money is rounded. Cached
   * tokens and those written to the cache are part of the input, reasoning is part of the output.
   */
  BigDecimal cost(TokenUsage usage) {
    return input
        .multiply(valueOf(usage.input() - usage.cachedInput() - usage.cacheWrite()))
        .add(cachedInput.multiply(valueOf(usage.cachedInput())))
        .add(cacheWrite.multiply(valueOf(usage.cacheWrite())))
        .add(output.multiply(valueOf(usage.output())))
        .movePointLeft(PER_MILLION)
        .setScale(DECIMALS, RoundingMode.HALF_EVEN);
  }

  /** Exactly this share of each price. */
  Prices times(BigDecimal share) {
    return new Prices(
        input.multiply(share),
        cachedInput.multiply(share),
        cacheWrite.multiply(share),
        output.multiply(share));
  }

  /** Whether every price is the same amount, however many zeros it is written with. */
  boolean isSameAs(Prices other) {
    return input.compareTo(other.input) == 0
        && cachedInput.compareTo(other.cachedInput) == 0
        && cacheWrite.compareTo(other.cacheWrite) == 0
        && output.compareTo(other.output) == 0;
  }
}
