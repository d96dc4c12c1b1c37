package dev.sluice.api.finance;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * FOCUS 1.2, the FinOps Open Cost and Usage Specification: a line for each meter of each entry,
 * with the specification's columns first and our own, {@code x_}, behind them. A correction of a
 * month that was closed says so; within its month it is two lines more that add up.
 */
final class FocusLayout implements Layout {
  private static final String TOKENS = "Tokens";
  private static final String PROVIDER = "OpenAI";

  private final PriceList prices;
  private final List<Column> columns;

  private interface Value {
    @Nullable Object of(Line line) throws SQLException;
  }

  private record Column(String name, Value value) {}

  /** A charge, the row that it is of, and its rate card. */
  private record Line(ResultSet row, Charge charge, PriceList.@Nullable Card card) {
    @Nullable String text(String column) throws SQLException {
      return row.getString(column);
    }

    @Nullable String textUnlessEmpty(String column) throws SQLException {
      var text = row.getString(column);
      return text == null || text.isEmpty() ? null : text;
    }

    OffsetDateTime at(String column) throws SQLException {
      return row.getTimestamp(column).toInstant().atOffset(ZoneOffset.UTC);
    }

    Instant month(int after) throws SQLException {
      return at("opened_at")
          .truncatedTo(ChronoUnit.DAYS)
          .withDayOfMonth(1)
          .plusMonths(after)
          .toInstant();
    }

    /** The specification knows no parts of a second, and its periods have a length. */
    Instant end() throws SQLException {
      var start = at("opened_at");
      var settled = at("settled_at");
      var end = settled.isBefore(start) ? start : settled;
      return end.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1).toInstant();
    }

    @Nullable String chargeClass() throws SQLException {
      return "correction".equals(text("kind")) && !at("written_at").toInstant().isBefore(month(1))
          ? "Correction"
          : null;
    }

    @Nullable String sku() throws SQLException {
      return "%s/%s".formatted(text("model"), charge.meter().title());
    }

    @Nullable String skuPrice() {
      return card == null ? null : "%s/%s".formatted(card.name(), charge.meter().title());
    }

    String description() throws SQLException {
      return "%s tokens of %s at tier %s"
          .formatted(charge.meter().title(), text("model"), text("service_tier"));
    }
  }

  /**
   * @param account the provider's account that is billed
   */
  FocusLayout(PriceList prices, String account) {
    this.prices = prices;
    this.columns = columns(account);
  }

  private static List<Column> columns(String account) {
    return List.of(
        column("BilledCost", line -> line.charge().cost()),
        column("BillingAccountId", _ -> account),
        column("BillingAccountName", _ -> null),
        column("BillingCurrency", line -> line.text("currency")),
        column("BillingPeriodEnd", line -> line.month(1)),
        column("BillingPeriodStart", line -> line.month(0)),
        column("ChargeCategory", _ -> "Usage"),
        column("ChargeClass", Line::chargeClass),
        column("ChargeDescription", Line::description),
        column("ChargeFrequency", _ -> "Usage-Based"),
        column("ChargePeriodEnd", Line::end),
        column(
            "ChargePeriodStart",
            line -> line.at("opened_at").truncatedTo(ChronoUnit.SECONDS).toInstant()),
        column("ConsumedQuantity", line -> line.charge().tokens()),
        column("ConsumedUnit", _ -> TOKENS),
        column("ContractedCost", line -> line.charge().cost()),
        column("ContractedUnitPrice", line -> line.charge().price()),
        column("EffectiveCost", line -> line.charge().cost()),
        column("InvoiceIssuerName", _ -> PROVIDER),
        column("ListCost", line -> line.charge().cost()),
        column("ListUnitPrice", line -> line.charge().price()),
        column("PricingQuantity", line -> line.charge().tokens()),
        column("PricingUnit", _ -> TOKENS),
        column("ProviderName", _ -> PROVIDER),
        column("PublisherName", _ -> PROVIDER),
        column("ServiceCategory", _ -> "AI and Machine Learning"),
        column("ServiceName", _ -> "OpenAI API"),
        column("ServiceSubcategory", _ -> "Generative AI"),
        column("SkuId", Line::sku),
        column("SkuMeter", line -> line.charge().meter().title() + " Tokens"),
        column("SkuPriceId", Line::skuPrice),
        column("SubAccountId", line -> line.text("team")),
        column("SubAccountName", line -> line.text("team")),
        column("SubAccountType", _ -> "Team"),
        column("Tags", line -> line.text("tags")),
        column("x_RequestId", line -> line.text("request_id")),
        column("x_Attempt", line -> line.row().getInt("attempt")),
        column("x_Entry", line -> line.row().getInt("entry")),
        column("x_CorrectionReason", line -> line.text("correction_reason")),
        column("x_UserId", line -> line.text("user_id")),
        column("x_Project", line -> line.textUnlessEmpty("project")),
        column("x_Model", line -> line.text("model")),
        column("x_ServiceTier", line -> line.text("service_tier")),
        column("x_Priority", line -> line.text("priority")),
        column("x_Outcome", line -> line.text("outcome")),
        column("x_Estimated", line -> line.row().getBoolean("estimated")),
        column("x_Unpriced", line -> line.card() == null),
        column("x_Suspect", line -> line.text("suspect")));
  }

  private static Column column(String name, Value value) {
    return new Column(name, value);
  }

  @Override
  public List<String> header() {
    return columns.stream().map(Column::name).toList();
  }

  @Override
  public List<List<@Nullable Object>> lines(ResultSet row) throws SQLException {
    var card = prices.card(row.getObject("rate_card_id", Long.class));
    var lines = new ArrayList<List<@Nullable Object>>();
    for (var charge : charges(row, card)) {
      var line = new Line(row, charge, card);
      var values = new ArrayList<@Nullable Object>();
      for (var column : columns) values.add(column.value().of(line));
      lines.add(values);
    }
    return lines;
  }

  private static List<Charge> charges(ResultSet row, PriceList.@Nullable Card card)
      throws SQLException {
    var input = row.getBigDecimal("input_tokens");
    var cached = row.getBigDecimal("cached_input_tokens");
    var written = row.getBigDecimal("cache_write_tokens");
    var tokens = new EnumMap<Meter, BigDecimal>(Meter.class);
    tokens.put(Meter.INPUT, input.subtract(cached).subtract(written));
    tokens.put(Meter.CACHED_INPUT, cached);
    tokens.put(Meter.CACHE_WRITE, written);
    tokens.put(Meter.OUTPUT, row.getBigDecimal("output_tokens"));
    return Charge.of(
        tokens,
        card == null ? Map.of() : card.pricesFor(row.getLong("input_tokens")),
        row.getBigDecimal("cost"));
  }
}
