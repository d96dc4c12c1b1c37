package dev.sluice.worker.ledger;

import static dev.sluice.worker.ledger.LedgerEvents.OPENED;
import static dev.sluice.worker.ledger.LedgerEvents.settled;
import static dev.sluice.worker.ledger.LedgerEvents.usage;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.message.RateCardAdded;
import dev.sluice.common.message.RateCardAdded.Prices;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.JdbcTemplate;

/** Cards that finance has sent, on a real ledger. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AddedRateCardsTest {
  private TestingLedger ledger;
  private AddedRateCards added;

  @BeforeAll
  void open() {
    ledger = TestingLedger.open();
    added = new AddedRateCards(new RateCardImport(ledger.ownersData), ledger.codec);
  }

  @AfterAll
  void close() {
    ledger.close();
  }

  @Test
  void a_card_ends_the_one_before_and_is_added_once() {
    var first = card("a", "2026-01-01T00:00:00Z", "1");
    var second = card("a", "2027-01-01T00:00:00Z", "2.1234567891");
    receive(first, second);
    receive(first, second, card("a", "2027-01-01T00:00:00Z", "9"));
    assertThat(cards("a"))
        .containsExactly(
            "1: 2026-01-01 - 2027-01-01 1 EUR by contract",
            "2: 2027-01-01 - ever 2.1234567891 EUR by contract");
  }

  @Test
  void what_was_kept_unpriced_is_priced_once_its_card_is_there() {
    ledger.write(settled("resp_late", 1, usage(1_000_000, 0), "b", OPENED));
    receive(card("b", "2026-01-01T00:00:00Z", "3"));
    ledger.latePricing().run();
    assertThat(ledger.row("select cost, currency from attempt_cost where request_id = 'resp_late'"))
        .containsEntry("cost", new BigDecimal("3.0000000000"))
        .containsEntry("currency", "EUR");
  }

  @Test
  void a_card_that_contradicts_the_ledger_does_not_stop_those_behind_it() {
    var absurd = card("c", "2026-01-01T00:00:00Z", "-1");
    receive(absurd, card("d", "2026-01-01T00:00:00Z", "1"));
    assertThat(cards("c")).isEmpty();
    assertThat(cards("d")).hasSize(1);
  }

  @Test
  void it_is_audited_who_has_added_it() {
    var audit = new SettingsAudit(new JdbcTemplate(ledger.ownersData), ledger.codec);
    var card = card("e", "2026-01-01T00:00:00Z", "1");
    var record = ledger.record(card.key(), ledger.codec.encode(card));
    audit.write(List.of(record));
    audit.write(List.of(record));
    assertThat(
            ledger.row(
                "select set_by, value_to ->> 'currency' as currency from setting_audit where setting = 'rate-card/e/default/2026-01-01T00:00:00Z'"))
        .containsEntry("set_by", "somebody")
        .containsEntry("currency", "EUR");
  }

  private void receive(RateCardAdded... cards) {
    var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
    for (var card : cards) records.add(ledger.record(card.key(), ledger.codec.encode(card)));
    records.add(ledger.record("poison", "poison".getBytes(UTF_8)));
    added.receive(records);
  }

  private static RateCardAdded card(String model, String from, String price) {
    var amount = new BigDecimal(price);
    return new RateCardAdded(
        model,
        "default",
        Instant.parse(from),
        null,
        "EUR",
        new Prices(amount, amount, amount, amount),
        null,
        "contract",
        LocalDate.EPOCH,
        "somebody",
        Instant.EPOCH,
        Map.of());
  }

  private List<@Nullable String> cards(String model) {
    return ledger
        .owner()
        .sql(
            """
            select format('%s: %s - %s %s %s by %s', version, valid_from::date,
                coalesce(valid_until::date::text, 'ever'), trim_scale(input_price), currency, source)
            from rate_card where model = :model order by valid_from
            """)
        .param("model", model)
        .query(String.class)
        .list();
  }
}
