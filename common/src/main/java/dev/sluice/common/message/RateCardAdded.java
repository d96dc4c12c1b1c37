package dev.sluice.common.message;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Somebody of finance has added a rate card. It is added to the ledger once, however often it is
 * read: a model has one card at a tier that begins at a moment.
 *
 * @param until first moment at which it is not in force any more; null until the next card
 * @param source where the prices were read
 * @param sourceDate when they were read there
 * @param by who added it
 */
public record RateCardAdded(
    String model,
    String serviceTier,
    Instant from,
    @Nullable Instant until,
    String currency,
    Prices prices,
    @Nullable LongContext longContext,
    String source,
    LocalDate sourceDate,
    String by,
    Instant at,
    @JsonAnySetter @JsonAnyGetter Map<String, Object> unknown)
    implements SettingChange {

  /** Of 1,000,000 tokens; as text, which no JSON reader rounds. */
  public record Prices(
      @DecimalText BigDecimal input,
      @DecimalText BigDecimal cachedInput,
      @DecimalText BigDecimal cacheWrite,
      @DecimalText BigDecimal output) {}

  /**
   * What a long attempt costs, all of it.
   *
   * @param above input tokens
   */
  public record LongContext(long above, Prices prices) {}

  /** Each card has its own: none is ever replaced. */
  @Override
  public String key() {
    return "rate-card/%s/%s/%s".formatted(model, serviceTier, from);
  }

  @Override
  public Map<String, @Nullable Object> value() {
    var value = new LinkedHashMap<String, @Nullable Object>();
    value.put("until", until);
    value.put("currency", currency);
    value.put("prices", prices);
    value.put("longContext", longContext);
    value.put("source", source);
    value.put("sourceDate", sourceDate);
    return value;
  }
}
