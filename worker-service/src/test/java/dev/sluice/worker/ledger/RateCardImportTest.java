package dev.sluice.worker.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.common.config.MisconfiguredException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.dao.DataAccessException;

/** Cards added to a real ledger. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RateCardImportTest {
  private TestingLedger ledger;

  @BeforeAll
  void open() {
    ledger = TestingLedger.open();
  }

  @AfterAll
  void close() {
    ledger.close();
  }

  @Test
  void the_default_cards_are_there_with_their_source_and_are_imported_once() {
    long before = count();
    ledger.importCards(new ClassPathResource("rate-cards.yml"));
    assertThat(count()).isEqualTo(before).isGreaterThan(40);
    assertThat(ledger.query("select * from rate_card where source = '' or source_date is null"))
        .isEmpty();
    // Those of the first builds are the same cards still
    assertThat(
            ledger.row(
                "select * from rate_card_history where model = 'gpt-4o' and service_tier = 'default'"))
        .containsEntry("version", 1);
  }

  @Test
  void a_changed_price_ends_the_old_card_and_adds_one() {
    add("  - {model: a, from: 2026-01-01, input: 1, output: 1}");
    add(
        """
          - {model: a, from: 2026-01-01, input: 1, output: 1}
          - {model: a, from: 2026-06-01, input: 2, output: 2, currency: EUR}
        """);
    assertThat(cards("a"))
        .containsExactly("1: 2026-01-01 - 2026-06-01 1 USD", "2: 2026-06-01 - ever 2 EUR");
  }

  @Test
  void a_card_that_was_changed_in_place_is_refused_with_its_line_and_nothing_is_added() {
    add("  - {model: b, from: 2026-01-01, input: 1, output: 1}");
    assertThatThrownBy(() ->
            add(
                """
                  - {model: a-new-one, from: 2026-01-01, input: 1, output: 1}
                  - {model: b, from: 2026-01-01, input: 2, output: 1}
                """))
        .isInstanceOf(MisconfiguredException.class)
        .hasMessageContaining("line 6: b at tier default has other prices in the ledger");
    assertThat(cards("a-new-one")).isEmpty();
    assertThat(cards("b")).containsExactly("1: 2026-01-01 - ever 1 USD");
  }

  @Test
  void cards_that_finance_has_added_stay() {
    var file = "  - {model: c, from: 2026-01-01, input: 1, output: 1}";
    add(file);
    add(file + "\n  - {model: c, from: 2027-01-01, input: 9, output: 9}"); // as if by finance
    add(file);
    add(file + "\n  - {model: c, from: 2026-06-01, input: 2, output: 2}");
    assertThat(cards("c"))
        .containsExactly(
            "1: 2026-01-01 - 2026-06-01 1 USD",
            "3: 2026-06-01 - 2027-01-01 2 USD",
            "2: 2027-01-01 - ever 9 USD");
  }

  @Test
  void the_database_itself_refuses_to_change_a_price_or_to_lose_a_card() {
    add("  - {model: d, from: 2026-01-01, input: 1, output: 1}");
    for (var statement :
        List.of(
            "update rate_card set input_price = 2 where model = 'd'",
            "update rate_card set valid = tstzrange('2020-01-01Z', null) where model = 'd'",
            "delete from rate_card where model = 'd'"))
      assertThatThrownBy(() -> ledger.owner().sql(statement).update())
          .isInstanceOf(DataAccessException.class)
          .hasMessageContaining("rate card");
    assertThatThrownBy(() ->
            ledger
                .owner()
                .sql(
                    """
                    insert into rate_card (model, service_tier, version, valid, currency,
                        input_price, cached_input_price, cache_write_price, output_price, source,
                        source_date)
                    values ('d', 'default', 2, '[2026-02-01Z,)', 'USD', 1, 1, 1, 1, 's', '2026-01-01')
                    """)
                .update())
        .hasMessageContaining("rate_card_no_overlap_ex");
  }

  private long count() {
    return ledger.owner().sql("select count(*) from rate_card").query(Long.class).single();
  }

  private List<@Nullable String> cards(String model) {
    return ledger
        .owner()
        .sql(
            """
            select format('%s: %s - %s %s %s', version, valid_from::date,
                coalesce(valid_until::date::text, 'ever'), trim_scale(input_price), currency)
            from rate_card where model = :model order by valid_from
            """)
        .param("model", model)
        .query(String.class)
        .list();
  }

  private void add(String cards) {
    var text = "currency: USD\nsource: a test\nsource-date: 2026-10-03\ncards:\n" + cards + "\n";
    ledger.importCards(new ByteArrayResource(text.getBytes(UTF_8)));
  }
}
