package dev.sluice.api.finance;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.message.RateCardAdded;
import dev.sluice.common.message.RateCardAdded.LongContext;
import dev.sluice.common.message.RateCardAdded.Prices;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Currency;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.LowerCamelCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A rate card as somebody has sent it. Prices are those of 1,000,000 tokens, as text.
 *
 * @param serviceTier {@code default} if left out
 * @param validFrom an instant, or a day, which begins at midnight UTC; now if left out
 * @param validUntil until the next card, or for good, if left out
 * @param cachedInput what input costs if left out, as does {@code cacheWrite}
 * @param longContextAbove input tokens; the long prices belong to it
 * @param source where the prices were read
 * @param sourceDate when they were read there; today if left out
 */
@JsonNaming(LowerCamelCaseStrategy.class)
record NewRateCard(
    @Nullable String model,
    @Nullable String serviceTier,
    @Nullable String validFrom,
    @Nullable String validUntil,
    @Nullable String currency,
    @Nullable String input,
    @Nullable String cachedInput,
    @Nullable String cacheWrite,
    @Nullable String output,
    @Nullable Long longContextAbove,
    @Nullable String longInput,
    @Nullable String longCachedInput,
    @Nullable String longCacheWrite,
    @Nullable String longOutput,
    @Nullable String source,
    @Nullable String sourceDate) {
  private static final String DEFAULT_TIER = "default";
  private static final int MOST_CHARACTERS = 200;
  // numeric(18, 10)
  private static final int DECIMALS = 10;
  private static final BigDecimal PRICES_BELOW = BigDecimal.TEN.pow(8);
  // A clock may go after ours, and a form takes a while to fill in
  private static final Duration LATE_BY = Duration.ofMinutes(5);

  /**
   * @throws SluiceException if it cannot be read, or begins in the past
   */
  RateCardAdded read(String by, Instant now) {
    var from = validFrom == null ? now : instant("validFrom", validFrom);
    if (from.isBefore(now.minus(LATE_BY)))
      throw wrong(
          "validFrom", "It must not lie in the past: what was used then has its price already.");
    var until = validUntil == null ? null : instant("validUntil", validUntil);
    if (until != null && !until.isAfter(from))
      throw wrong("validUntil", "It must be after validFrom.");
    return new RateCardAdded(
        text("model", model),
        serviceTier == null ? DEFAULT_TIER : text("serviceTier", serviceTier),
        from.truncatedTo(ChronoUnit.MICROS),
        until,
        knownCurrency(),
        prices(),
        longContext(),
        text("source", source),
        sourceDate == null
            ? LocalDate.ofInstant(now, ZoneOffset.UTC)
            : day("sourceDate", sourceDate),
        by,
        now,
        Map.of());
  }

  private Prices prices() {
    var ofInput = price("input", input);
    return new Prices(
        ofInput,
        cachedInput == null ? ofInput : price("cachedInput", cachedInput),
        cacheWrite == null ? ofInput : price("cacheWrite", cacheWrite),
        price("output", output));
  }

  private @Nullable LongContext longContext() {
    if (longContextAbove == null) {
      if (longInput != null || longOutput != null)
        throw wrong("longContextAbove", "It is missing: above how many input tokens?");
      return null;
    }
    if (longContextAbove < 1) throw wrong("longContextAbove", "It must be at least 1 token.");
    var ofInput = price("longInput", longInput);
    return new LongContext(
        longContextAbove,
        new Prices(
            ofInput,
            longCachedInput == null ? ofInput : price("longCachedInput", longCachedInput),
            longCacheWrite == null ? ofInput : price("longCacheWrite", longCacheWrite),
            price("longOutput", longOutput)));
  }

  private String knownCurrency() {
    var code = text("currency", currency);
    try {
      return Currency.getInstance(code).getCurrencyCode();
    } catch (IllegalArgumentException unknown) {
      throw wrong("currency", "It must be a currency of ISO 4217 such as USD.");
    }
  }

  private static BigDecimal price(String name, @Nullable String text) {
    try {
      var price = new BigDecimal(text(name, text));
      if (price.signum() < 0) throw wrong(name, "It must not be negative.");
      if (price.stripTrailingZeros().scale() > DECIMALS || price.compareTo(PRICES_BELOW) >= 0)
        throw wrong(name, "It may have 10 decimals, and 8 digits before them.");
      return price;
    } catch (NumberFormatException unreadable) {
      throw wrong(name, "It must be a number such as \"2.50\".");
    }
  }

  private static String text(String name, @Nullable String text) {
    if (text == null || text.isBlank())
      throw new SluiceException(ErrorCode.MISSING_REQUIRED_PARAMETER, name + " is missing.", name);
    if (text.length() > MOST_CHARACTERS)
      throw wrong(name, "It may have %d characters.".formatted(MOST_CHARACTERS));
    return text.strip();
  }

  private static Instant instant(String name, String text) {
    try {
      return text.contains("T")
          ? Instant.parse(text)
          : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
    } catch (DateTimeException unreadable) {
      throw wrong(
          name, "It must be a day such as 2027-01-01, or an instant such as 2027-01-01T00:00:00Z.");
    }
  }

  private static LocalDate day(String name, String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeException unreadable) {
      throw wrong(name, "It must be a day such as 2026-11-25.");
    }
  }

  private static SluiceException wrong(String name, String what) {
    return new SluiceException(ErrorCode.INVALID_VALUE, what, name);
  }
}
