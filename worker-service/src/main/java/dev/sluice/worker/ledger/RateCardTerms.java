package dev.sluice.worker.ledger;

import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * A rate card as its file has it.
 *
 * @param from first moment at which it is in force
 * @param until first moment at which it is not any more; null until the next one of its model and
 *     tier, or for good
 * @param source where the prices were read
 * @param line of the file, from 1
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
  RateCardTerms until(@Nullable Instant end) {
    return new RateCardTerms(
        model, serviceTier, from, end, currency, prices, longContext, source, sourceDate, line);
  }
}
