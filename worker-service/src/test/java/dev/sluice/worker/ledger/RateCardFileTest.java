package dev.sluice.worker.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.common.config.MisconfiguredException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;

class RateCardFileTest {
  /** Line 1 to 3; cards begin in line 5. */
  private static final String HEAD =
      """
      currency: USD
      source: a test
      source-date: 2026-10-03
      cards:
      """;

  @Test
  void the_file_that_comes_with_sluice_has_the_public_prices() {
    var cards = RateCardFile.read(new ClassPathResource("rate-cards.yml"));
    assertThat(cards)
        .filteredOn(card -> card.serviceTier().equals("default"))
        .extracting(card -> "%s %s".formatted(card.model(), prices(card)))
        .contains(
            "gpt-4o 2.5/1.25/2.5/10",
            "gpt-4o-mini 0.15/0.075/0.15/0.6",
            "gpt-4.1 2/0.5/2/8",
            "gpt-4.1-mini 0.4/0.1/0.4/1.6",
            "gpt-4.1-nano 0.1/0.025/0.1/0.4",
            "gpt-5 1.25/0.125/1.25/10",
            "gpt-5.1 1.25/0.125/1.25/10",
            "gpt-5-mini 0.25/0.025/0.25/2",
            "gpt-5-nano 0.05/0.005/0.05/0.4",
            "gpt-5.4 2.5/0.25/2.5/15",
            "gpt-3.5-turbo 0.5/0.5/0.5/1.5",
            "gpt-6-sol 2/0.2/2.5/10",
            "gpt-6-luna 0.1/0.01/0.125/0.5");
    assertThat(one(cards, "gpt-4o", "priority")).isEqualTo("4.25/2.125/4.25/17");
    assertThat(one(cards, "gpt-4o", "batch")).isEqualTo("1.25/0.625/1.25/5");
    assertThat(one(cards, "gpt-5-nano", "flex")).isEqualTo("0.025/0.0025/0.025/0.2");
    assertThat(cards)
        .filteredOn(card -> card.model().equals("gpt-5.4") && card.serviceTier().equals("flex"))
        .singleElement()
        .extracting(card ->
            Objects.requireNonNull(card.longContext()).prices().output().stripTrailingZeros())
        .isEqualTo(new BigDecimal("11.25"));
  }

  @Test
  void a_card_ends_where_the_next_one_begins() {
    var cards =
        read(
            """
              - {model: m, from: 2026-03-01, input: 2, output: 2}
              - {model: m, from: 2026-01-01, input: 1, output: 1}
            """);
    assertThat(cards)
        .extracting(RateCardTerms::until)
        .containsExactly(Instant.parse("2026-03-01T00:00:00Z"), null);
  }

  @Test
  void a_tier_that_is_a_share_leaves_alone_what_has_a_card_of_its_own() {
    var cards =
        RateCardFile.read(
            file(
                HEAD.replace("cards:", "tiers: {flex: 0.5}\ncards:")
                    + """
                      - {model: m, from: 2026-01-01, input: 1, output: 1}
                      - {model: n, from: 2026-01-01, input: 1, output: 1}
                      - {model: n, tier: flex, from: 2026-01-01, input: 7, output: 7}
                    """));
    assertThat(one(cards, "m", "flex")).isEqualTo("0.5/0.5/0.5/0.5");
    assertThat(one(cards, "n", "flex")).isEqualTo("7/7/7/7");
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {model: m, from: 2026-01-01, input: -1, output: 1}                   | line 6: input: -1 is negative
          {model: m, from: 2026-01-01, input: cheap, output: 1}                | line 6: input: cheap is no number
          {model: m, from: 2026-01-01, input: 1}                               | line 6: output: it is missing
          {model: m, from: 2026-01-01, input: 1, output: 1, currency: XYZ1}    | line 6: currency: XYZ1 is no currency
          {model: m, from: yesterday, input: 1, output: 1}                     | line 6: from: yesterday is no day
          {model: m, from: 2026-01-01, input: 1, output: 1, price: 1}          | line 6: price means nothing here
          {model: m, from: 2026-01-01, input: 1, output: 1, until: 2025-01-01} | line 6: until: it is not after from
          {model: k, from: 2026-01-01, input: 1, output: 1}                    | line 6: the card of k overlaps the one in line 5
          {model: k, from: 2025-12-01, input: 1, output: 1, until: 2026-02-01} | line 5: the card of k overlaps the one in line 6
          {model: k, from: 2025-10-01, input: 1, output: 1, until: 2025-12-31} | line 5: the card of k leaves a gap after the one in line 6
          {model: m, from: 2026-01-01, input: 1, output: 1, long-context: {above: 0.5, input: 1, output: 1}} | line 6: above: it is a number of tokens
          {model: m, from: 2026-01-01, input: 1, output: 1                     | line 7:
          just words                                                           | line 6: a card is needed here
          """)
  void a_line_that_is_wrong_is_named(String card, String mistake) {
    var file =
        file(HEAD + "  - {model: k, from: 2026-01-01, input: 1, output: 1}\n  - " + card + "\n");
    assertThatThrownBy(() -> RateCardFile.read(file))
        .isInstanceOf(MisconfiguredException.class)
        .hasMessageStartingWith("set right in test.yml: ")
        .hasMessageContaining(mistake);
  }

  @Test
  void all_that_is_wrong_is_said_at_once() {
    assertThatThrownBy(() ->
            read(
                "  - {model: m, from: 2026-01-01, input: -1, output: -2}\n  - {from: 2026-01-01}\n"))
        .hasMessageContaining("line 5: input")
        .hasMessageContaining("line 5: output")
        .hasMessageContaining("line 6: model");
  }

  private static List<RateCardTerms> read(String cards) {
    return RateCardFile.read(file(HEAD + cards));
  }

  private static Resource file(String text) {
    return new ByteArrayResource(text.getBytes(UTF_8)) {
      @Override
      public String getFilename() {
        return "test.yml";
      }
    };
  }

  private static String one(List<RateCardTerms> cards, String model, String tier) {
    return cards.stream()
        .filter(card -> card.model().equals(model) && card.serviceTier().equals(tier))
        .map(RateCardFileTest::prices)
        .reduce((_, _) -> "more than one")
        .orElse("none");
  }

  private static String prices(RateCardTerms card) {
    var prices = card.prices();
    return "%s/%s/%s/%s"
        .formatted(
            plain(prices.input()),
            plain(prices.cachedInput()),
            plain(prices.cacheWrite()),
            plain(prices.output()));
  }

  private static String plain(BigDecimal price) {
    return price.stripTrailingZeros().toPlainString();
  }
}
