package dev.sluice.api.finance;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The prices of one token, by rate card. Immutable. */
final class PriceList {
  private static final int PER_MILLION = 6;

  private final Map<Long, Card> cards;

  /**
   * @param id as {@code usage_entry} names it
   * @param name lasts as long as the card: model, tier and version
   */
  record Card(
      long id,
      String name,
      Map<Meter, BigDecimal> prices,
      @Nullable Long longContextAbove,
      Map<Meter, BigDecimal> longPrices) {
    /** For an entry with that much input, which is negative where it takes another one back. */
    Map<Meter, BigDecimal> pricesFor(long inputTokens) {
      return longContextAbove != null && Math.abs(inputTokens) > longContextAbove
          ? longPrices
          : prices;
    }
  }

  private PriceList(Map<Long, Card> cards) {
    this.cards = cards;
  }

  /** All that ever were in force: a few hundred at the most. */
  static PriceList read(JdbcClient jdbc) {
    var cards = new HashMap<Long, Card>();
    jdbc.sql("select * from rate_card_history")
        .query((row, _) -> card(row))
        .list()
        .forEach(card -> cards.put(card.id(), card));
    return new PriceList(cards);
  }

  @Nullable Card card(@Nullable Long id) {
    return id == null ? null : cards.get(id);
  }

  private static Card card(ResultSet row) throws SQLException {
    return new Card(
        row.getLong("id"),
        "%s/%s/%d"
            .formatted(
                row.getString("model"), row.getString("service_tier"), row.getInt("version")),
        prices(row, ""),
        row.getObject("long_context_above", Long.class),
        row.getObject("long_context_above") == null ? Map.of() : prices(row, "long_"));
  }

  private static Map<Meter, BigDecimal> prices(ResultSet row, String which) throws SQLException {
    var prices = new EnumMap<Meter, BigDecimal>(Meter.class);
    prices.put(Meter.INPUT, price(row, which + "input_price"));
    prices.put(Meter.CACHED_INPUT, price(row, which + "cached_input_price"));
    prices.put(Meter.CACHE_WRITE, price(row, which + "cache_write_price"));
    prices.put(Meter.OUTPUT, price(row, which + "output_price"));
    return prices;
  }

  private static BigDecimal price(ResultSet row, String column) throws SQLException {
    var price = row.getBigDecimal(column).stripTrailingZeros();
    return price.movePointLeft(PER_MILLION);
  }
}
