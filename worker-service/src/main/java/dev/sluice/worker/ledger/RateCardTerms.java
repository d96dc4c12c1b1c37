package dev.sluice.worker.ledger;

import dev.sluice.common.message.RateCardAdded;
import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * A rate card that the ledger may lack.
 *
 * @param from first moment at which it is in force
 * @param until first moment at which it is not any more; null until the next one of its model and
 *     tier, or for good
 * @param source where the prices were read
 * @param line of the file, from 1; 0 where it came from no file
 */
record RateCardTerms(
    String model,
    String serviceTier,
    Instant from,
    @Nullable Instant until,
    String currency,
    Prices prices,
    @Nullable LongContext longContext,
    String source,
    LocalDate sourceDate,
    int line) {
  private static final int NO_LINE = 0;

  /** As finance has sent it. */
  static RateCardTerms of(RateCardAdded card) {
    var longContext = card.longContext();
    return new RateCardTerms(
        card.model(),
        card.serviceTier(),
        card.from(),
        card.until(),
        card.currency(),
        Prices.of(card.prices()),
        longContext == null
            ? null
            : new LongContext(longContext.above(), Prices.of(longContext.prices())),
        card.source(),
        card.sourceDate(),
        NO_LINE);
  }

  RateCardTerms until(@Nullable Instant end) {
    return new RateCardTerms(
        model, serviceTier, from, end, currency, prices, longContext, source, sourceDate, line);
  }
}
