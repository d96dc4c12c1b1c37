package dev.sluice.simulator.billing;

import java.math.BigDecimal;
import java.util.regex.Pattern;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** USD per 1,000,000 tokens by model and service tier, from {@code prices.json}. Immutable. */
public final class PriceTable {
  private static final Pattern SNAPSHOT = Pattern.compile("-(\\d{4}-\\d{2}-\\d{2}|\\d{4})$");
  private static final int PER_MILLION = 6;

  private final JsonNode prices;

  private PriceTable(JsonNode prices) {
    this.prices = prices;
  }

  public static PriceTable load() {
    try (var resource = PriceTable.class.getResourceAsStream("prices.json")) {
      if (resource == null) {
        throw new IllegalStateException("prices.json is missing beside " + PriceTable.class);
      }
      var exact =
          JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();
      return new PriceTable(exact.readTree(resource));
    } catch (java.io.IOException unreadable) {
      throw new java.io.UncheckedIOException(unreadable);
    }
  }

  /** What tokens of a meter cost, USD, exactly; nothing where a model or tier has no price. */
  BigDecimal cost(String model, String serviceTier, Meter meter, long tokens) {
    var family = SNAPSHOT.matcher(model).replaceFirst("");
    var price = prices.path(family).path(serviceTier).path(meter.key());
    return price.isNumber()
        ? price.decimalValue().multiply(BigDecimal.valueOf(tokens)).movePointLeft(PER_MILLION)
        : BigDecimal.ZERO;
  }
}
