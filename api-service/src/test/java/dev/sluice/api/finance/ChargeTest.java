package dev.sluice.api.finance;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ChargeTest {
  static LongStream seeds() {
    return LongStream.range(0, 50);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void the_charges_of_an_entry_add_up_to_its_cost_to_the_last_digit(long seed) {
    var random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      int sign = random.nextBoolean() ? 1 : -1;
      var tokens = new EnumMap<Meter, BigDecimal>(Meter.class);
      var prices = new EnumMap<Meter, BigDecimal>(Meter.class);
      var exact = BigDecimal.ZERO;
      for (var meter : Meter.values()) {
        tokens.put(meter, BigDecimal.valueOf((long) sign * random.nextInt(0, 5_000)));
        prices.put(meter, BigDecimal.valueOf(random.nextLong(0, 1_000_000), 15));
        exact = exact.add(tokens.get(meter).multiply(prices.get(meter)));
      }
      var cost = exact.setScale(10, RoundingMode.HALF_EVEN);
      var charges = Charge.of(tokens, prices, cost);
      assertThat(charges.stream().map(Charge::cost).reduce(BigDecimal.ZERO, BigDecimal::add))
          .isEqualByComparingTo(cost);
      assertThat(charges)
          .allSatisfy(charge ->
              assertThat(charge.cost().subtract(charge.tokens().multiply(charge.price())).abs())
                  .isLessThan(new BigDecimal("0.0000000004")));
    }
  }

  @Test
  void what_has_no_price_yet_costs_nothing_and_a_meter_without_tokens_has_no_charge() {
    var charges =
        Charge.of(
            Map.of(Meter.INPUT, BigDecimal.TEN, Meter.OUTPUT, BigDecimal.ZERO), Map.of(), null);
    assertThat(charges)
        .containsExactly(new Charge(Meter.INPUT, BigDecimal.TEN, null, BigDecimal.ZERO));
  }
}
