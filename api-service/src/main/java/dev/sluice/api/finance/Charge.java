package dev.sluice.api.finance;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one meter has of an entry.
 *
 * @param tokens negative where the entry takes another one back
 * @param price of one token; null while there is no rate card
 */
record Charge(Meter meter, BigDecimal tokens, @Nullable BigDecimal price, BigDecimal cost) {
  private static final int DECIMALS = 10;

  /**
   * Divides an entry's cost among its meters, so that their sum is that cost to the last digit:
   * each has tokens × price, half-even to 10 decimals, and what this leaves over, a few units of
   * the last digit, goes to the one that costs most. A meter without tokens has no charge.
   *
   * @param prices of one token; empty while there is no rate card
   * @param cost null while there is no rate card
   */
  static List<Charge> of(
      Map<Meter, BigDecimal> tokens, Map<Meter, BigDecimal> prices, @Nullable BigDecimal cost) {
    var costs = new EnumMap<Meter, BigDecimal>(Meter.class);
    for (var meter : Meter.values()) {
      var count = tokens.getOrDefault(meter, BigDecimal.ZERO);
      var price = prices.get(meter);
      if (count.signum() != 0)
        costs.put(
            meter,
            cost == null || price == null
                ? BigDecimal.ZERO
                : price.multiply(count).setScale(DECIMALS, RoundingMode.HALF_EVEN));
    }
    if (cost != null) settle(costs, cost);
    var charges = new ArrayList<Charge>();
    costs.forEach((meter, share) ->
        charges.add(
            new Charge(
                meter, tokens.getOrDefault(meter, BigDecimal.ZERO), prices.get(meter), share)));
    return charges;
  }

  private static void settle(Map<Meter, BigDecimal> costs, BigDecimal cost) {
    var left = costs.values().stream().reduce(cost, BigDecimal::subtract);
    if (left.signum() == 0) return;
    costs.entrySet().stream()
        .max(Map.Entry.comparingByValue((a, b) -> a.abs().compareTo(b.abs())))
        .ifPresent(most -> costs.merge(most.getKey(), left, BigDecimal::add));
  }
}
