package dev.sluice.worker.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.message.TokenUsage;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RateCardTest {
  private static final Instant FROM = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant UNTIL = Instant.parse("2026-07-01T00:00:00Z");

  private final RateCard card = card(1, prices("0.15", "0.075", "0.20", "0.60"), null, FROM, null);

  @Test
  void each_meter_has_its_price() {
    assertThat(card.cost(new TokenUsage(1_000_000, 400_000, 100_000, 1_000_000, 0, false)))
        .isEqualByComparingTo("0.725"); // 0.5 x 0.15 + 0.4 x 0.075 + 0.1 x 0.20 + 0.60
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

  @Test
  void nothing_costs_nothing() {
    assertThat(card.cost(TokenUsage.NONE)).isZero();
  }

  @Test
  void half_a_unit_goes_to_the_even_neighbour() {
    // A price of 0.00005 a million makes half of the tenth decimal of one token
    var half = card(1, prices("0.00005", "0", "0", "0.00015"), null, FROM, null);
    assertThat(half.cost(new TokenUsage(1, 0, 0, 0, 0, false))).isEqualByComparingTo("0");
    assertThat(half.cost(new TokenUsage(0, 0, 0, 1, 0, false)))
        .isEqualByComparingTo("0.0000000002");
  }

  @Test
  void counts_beyond_any_answer_are_still_exact() {
    assertThat(card.cost(new TokenUsage(Long.MAX_VALUE, 0, 0, Long.MAX_VALUE, 0, false)))
        .isEqualByComparingTo(
            new BigDecimal("0.75").multiply(BigDecimal.valueOf(Long.MAX_VALUE)).movePointLeft(6));
  }

  @Test
  void a_long_context_costs_its_own_prices_all_of_it_from_one_token_above() {
    var longContext = new LongContext(272_000, prices("5.00", "0.50", "5.00", "22.50"));
    var both = card(1, prices("2.50", "0.25", "2.50", "15.00"), longContext, FROM, null);
    assertThat(both.cost(new TokenUsage(272_000, 0, 0, 1_000, 0, false)))
        .isEqualByComparingTo("0.695");
    assertThat(both.cost(new TokenUsage(272_001, 0, 0, 1_000, 0, false)))
        .isEqualByComparingTo("1.382505");
  }

  @Test
  void a_card_is_in_force_from_its_first_moment_to_the_one_before_its_end() {
    var old = card(1, prices("1", "1", "1", "1"), null, FROM, UNTIL);
    var now = card(2, prices("2", "2", "2", "2"), null, UNTIL, null);
    var cards = new CardsInForce(List.of(now, old));
    assertThat(cards.at("m", "default", FROM.minusNanos(1_000))).isEmpty();
    assertThat(cards.at("m", "default", FROM)).contains(old);
    assertThat(cards.at("m", "default", UNTIL.minusNanos(1_000))).contains(old);
    assertThat(cards.at("m", "default", UNTIL)).contains(now);
    assertThat(cards.at("m", "default", Instant.MAX)).contains(now);
    assertThat(cards.at("m", "flex", UNTIL)).isEmpty();
  }

  @Test
  void a_dated_model_takes_its_familys_card_unless_it_has_its_own() {
    var family = card(1, prices("1", "1", "1", "1"), null, FROM, null);
    var cards = new CardsInForce(List.of(family));
    assertThat(cards.at("m-2024-07-18", "default", FROM)).contains(family);
    assertThat(cards.at("m-0613", "default", FROM)).contains(family);
    assertThat(cards.at("m-mini", "default", FROM)).isEmpty();
  }

  static LongStream seeds() {
    return LongStream.range(0, 100);
  }

  /** Prices of up to four decimals, which all are, make no part of a cent that is rounded away. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void the_sum_of_parts_is_the_whole(long seed) {
    var random = new Random(seed);
    var priced = card(1, anyPrices(random), null, FROM, null);
    var sum = BigDecimal.ZERO;
    var whole = new long[4];
    for (int i = 0; i < 50; i++) {
      // Seldom huge, and now and then nothing at all
      int bound = 1 + random.nextInt(i % 10 == 0 ? 10_000_000 : 10_000);
      long input = random.nextInt(bound);
      long cached = random.nextLong(input + 1);
      long written = random.nextLong(input - cached + 1);
      long output = random.nextInt(bound);
      sum = sum.add(priced.cost(new TokenUsage(input, cached, written, output, 0, false)));
      whole[0] += input;
      whole[1] += cached;
      whole[2] += written;
      whole[3] += output;
    }
    assertThat(priced.cost(new TokenUsage(whole[0], whole[1], whole[2], whole[3], 0, false)))
        .isEqualByComparingTo(sum);
  }

  /** At any moment from the first card on one card is in force, and it is the newest begun. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void each_moment_has_one_price_and_it_changes_in_one_microsecond(long seed) {
    var random = new Random(seed);
    int number = 1 + random.nextInt(8);
    var begins = new TreeSet<Instant>();
    for (int i = 0; i < number; i++)
      begins.add(FROM.plus(random.nextLong(1_000_000_000), ChronoUnit.MICROS));
    var cards = new ArrayList<RateCard>();
    for (var begin : begins)
      cards.add(card(cards.size(), anyPrices(random), null, begin, begins.higher(begin)));
    Collections.shuffle(cards, random);
    var inForce = new CardsInForce(cards);
    for (var edge : begins)
      for (var at :
          List.of(edge.minus(1, ChronoUnit.MICROS), edge, edge.plus(1, ChronoUnit.MICROS))) {
        var newest = Optional.ofNullable(begins.floor(at));
        assertThat(inForce.at("m", "default", at).map(RateCard::validFrom)).isEqualTo(newest);
        assertThat(cards.stream().filter(card -> card.isInForce(at)))
            .hasSize(newest.isPresent() ? 1 : 0);
      }
  }

  /** What the meters cost by themselves, of counts as large as they get. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void each_meter_by_itself_costs_what_it_adds_to_the_whole(long seed) {
    var random = new Random(seed);
    var priced = card(1, anyPrices(random), null, FROM, null);
    long cached = random.nextLong(1L << 60);
    long written = random.nextLong(1L << 60);
    long fresh = random.nextInt(4) == 0 ? 0 : random.nextLong(1L << 60);
    long output = random.nextInt(4) == 0 ? 0 : random.nextLong(Long.MAX_VALUE);
    long input = fresh + cached + written;
    var parts =
        Stream.of(
                new TokenUsage(fresh, 0, 0, 0, 0, false),
                new TokenUsage(cached, cached, 0, 0, 0, false),
                new TokenUsage(written, 0, written, 0, 0, false),
                new TokenUsage(0, 0, 0, output, 0, false))
            .map(priced::cost)
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    assertThat(priced.cost(new TokenUsage(input, cached, written, output, 0, false)))
        .isEqualByComparingTo(parts);
    assertThat(parts.scale()).isEqualTo(10);
    assertThat(priced.cost(TokenUsage.NONE)).isZero();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void what_is_taken_back_and_what_stands_sum_up_to_what_stands(long seed) {
    var random = new Random(seed);
    var priced = card(1, anyPrices(random), null, FROM, null);
    var wrong = row(LedgerEvents.lost("r", 1, random.nextInt(9_999), random.nextInt(999)), priced);
    var right =
        row(
            LedgerEvents.settled(
                "r", 1, LedgerEvents.usage(random.nextInt(9_999), random.nextInt(999)), "m", FROM),
            priced);
    var back = wrong.reversed("test");
    var stands = right.replacing(wrong, "test");
    assertThat(cost(wrong).add(cost(back)).add(cost(stands))).isEqualByComparingTo(cost(right));
    assertThat(inputOf(wrong) + inputOf(back) + inputOf(stands)).isEqualTo(inputOf(right));
    assertThat(Stream.of(wrong, back, stands).map(row -> row.revision().entry()))
        .containsExactly(0, 1, 2);
  }

  private static BigDecimal cost(UsageRow row) {
    return Objects.requireNonNull(row.amounts().cost());
  }

  private static long inputOf(UsageRow row) {
    return row.counts().inputTokens();
  }

  private static UsageRow row(dev.sluice.common.message.AttemptSettled settled, RateCard card) {
    return UsageRow.of(settled, FROM).priced(card);
  }

  private static Prices anyPrices(Random random) {
    return new Prices(price(random), price(random), price(random), price(random));
  }

  private static BigDecimal price(Random random) {
    return BigDecimal.valueOf(random.nextInt(1_000_000), 4);
  }

  private static Prices prices(String input, String cached, String write, String output) {
    return new Prices(
        new BigDecimal(input),
        new BigDecimal(cached),
        new BigDecimal(write),
        new BigDecimal(output));
  }

  private static RateCard card(
      long id,
      Prices prices,
      @Nullable LongContext longContext,
      Instant from,
      @Nullable Instant until) {
    return new RateCard(
        id,
        new RateCardTerms(
            "m", "default", from, null, "USD", prices, longContext, "a test", LocalDate.EPOCH, 1),
        until);
  }
}
