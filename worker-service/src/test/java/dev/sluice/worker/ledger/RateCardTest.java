package dev.sluice.worker.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.message.TokenUsage;
import java.math.BigDecimal;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RateCardTest {
  private final RateCard card =
      new RateCard(
          1,
          new BigDecimal("0.15"),
          new BigDecimal("0.075"),
          new BigDecimal("0"),
          new BigDecimal("0.60"));

  @Test
  void each_meter_has_its_price() {
    assertThat(card.cost(new TokenUsage(1_000_000, 400_000, 0, 1_000_000, 0, false)))
        .isEqualByComparingTo("0.72"); // 0.6 x 0.15 + 0.4 x 0.075 + 0.60
  }

  @Test
  void a_single_token_is_not_lost_to_rounding() {
    assertThat(card.cost(new TokenUsage(1, 1, 0, 0, 0, false))).isEqualByComparingTo("0.000000075");
  }

  @Test
  void reasoning_is_part_of_the_output() {
    assertThat(card.cost(new TokenUsage(0, 0, 0, 10, 9, false)))
        .isEqualTo(card.cost(new TokenUsage(0, 0, 0, 10, 0, false)));
  }

  static LongStream seeds() {
    return LongStream.range(0, 100);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void the_sum_of_parts_is_the_whole(long seed) {
    var random = new Random(seed);
    var sum = BigDecimal.ZERO;
    long input = 0;
    long cached = 0;
    long output = 0;
    for (int i = 0; i < 50; i++) {
      int more = random.nextInt(10_000);
      int moreCached = random.nextInt(more + 1);
      int moreOutput = random.nextInt(10_000);
      sum = sum.add(card.cost(new TokenUsage(more, moreCached, 0, moreOutput, 0, false)));
      input += more;
      cached += moreCached;
      output += moreOutput;
    }
    assertThat(card.cost(new TokenUsage(input, cached, 0, output, 0, false)))
        .isEqualByComparingTo(sum);
  }
}
