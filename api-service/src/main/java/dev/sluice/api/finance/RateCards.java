package dev.sluice.api.finance;

import static org.springframework.http.HttpStatus.ACCEPTED;

import dev.sluice.api.settings.Settings;
import dev.sluice.common.id.Caller;
import dev.sluice.common.message.RateCardAdded;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.LowerCamelCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * {@code /api/finance/rate-cards}: every price that was ever in force, and new ones. A card is
 * never changed; this service may not even write one. It sends it to the worker, which adds it to
 * the ledger.
 */
@RestController
class RateCards {
  private static final String ALL =
      "select * from rate_card_history order by model, service_tier, valid_from";

  private static final String OF_MODEL =
      """
      select valid_from, valid_until from rate_card_history
      where model = :model and service_tier = :serviceTier
      order by valid_from
      """;

  private final JdbcClient jdbc;
  private final Settings settings;
  private final InstantSource clock;

  RateCards(JdbcClient jdbc, Settings settings, InstantSource clock) {
    this.jdbc = jdbc;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Prices are those of 1,000,000 tokens.
   *
   * @param version of its model and tier; null while it is on its way to the ledger
   * @param validUntil null while it is the last one
   * @param longContextAbove input tokens; a longer attempt costs the long prices, all of it
   */
  @JsonNaming(LowerCamelCaseStrategy.class)
  record Card(
      String model,
      String serviceTier,
      @Nullable Integer version,
      Instant validFrom,
      @Nullable Instant validUntil,
      String currency,
      @Nullable String input,
      @Nullable String cachedInput,
      @Nullable String cacheWrite,
      @Nullable String output,
      @Nullable Long longContextAbove,
      @Nullable String longInput,
      @Nullable String longCachedInput,
      @Nullable String longCacheWrite,
      @Nullable String longOutput,
      String source,
      LocalDate sourceDate) {}

  @GetMapping("/api/finance/rate-cards")
  Map<String, List<Card>> cards() {
    return Map.of("rateCards", jdbc.sql(ALL).query(RateCards::kept).list());
  }

  @PostMapping("/api/finance/rate-cards")
  @ResponseStatus(ACCEPTED)
  Card add(@RequestBody NewRateCard wanted, Caller caller) {
    var card = wanted.read(caller.user(), clock.instant());
    Validity.check(card, validities(card));
    settings.set(card);
    return sent(card);
  }

  private List<Validity> validities(RateCardAdded card) {
    return jdbc.sql(OF_MODEL)
        .param("model", card.model())
        .param("serviceTier", card.serviceTier())
        .query((row, _) ->
            new Validity(row.getTimestamp("valid_from").toInstant(), instant(row, "valid_until")))
        .list();
  }

  private static Card sent(RateCardAdded card) {
    var prices = card.prices();
    var longContext = card.longContext();
    var longPrices = longContext == null ? null : longContext.prices();
    return new Card(
        card.model(),
        card.serviceTier(),
        null,
        card.from(),
        card.until(),
        card.currency(),
        Money.text(prices.input()),
        Money.text(prices.cachedInput()),
        Money.text(prices.cacheWrite()),
        Money.text(prices.output()),
        longContext == null ? null : longContext.above(),
        longPrices == null ? null : Money.text(longPrices.input()),
        longPrices == null ? null : Money.text(longPrices.cachedInput()),
        longPrices == null ? null : Money.text(longPrices.cacheWrite()),
        longPrices == null ? null : Money.text(longPrices.output()),
        card.source(),
        card.sourceDate());
  }

  private static Card kept(ResultSet row, int number) throws SQLException {
    return new Card(
        row.getString("model"),
        row.getString("service_tier"),
        row.getInt("version"),
        row.getTimestamp("valid_from").toInstant(),
        instant(row, "valid_until"),
        row.getString("currency"),
        price(row, "input_price"),
        price(row, "cached_input_price"),
        price(row, "cache_write_price"),
        price(row, "output_price"),
        row.getObject("long_context_above", Long.class),
        price(row, "long_input_price"),
        price(row, "long_cached_input_price"),
        price(row, "long_cache_write_price"),
        price(row, "long_output_price"),
        row.getString("source"),
        row.getObject("source_date", LocalDate.class));
  }

  private static @Nullable String price(ResultSet row, String column) throws SQLException {
    BigDecimal price = row.getBigDecimal(column);
    return Money.text(price);
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    var at = row.getTimestamp(column);
    return at == null ? null : at.toInstant();
  }
}
