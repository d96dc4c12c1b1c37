package dev.sluice.worker.ledger;

import static dev.sluice.worker.ledger.LedgerEvents.MODEL;
import static dev.sluice.worker.ledger.LedgerEvents.OPENED;
import static dev.sluice.worker.ledger.LedgerEvents.lost;
import static dev.sluice.worker.ledger.LedgerEvents.opened;
import static dev.sluice.worker.ledger.LedgerEvents.reused;
import static dev.sluice.worker.ledger.LedgerEvents.settled;
import static dev.sluice.worker.ledger.LedgerEvents.usage;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.message.AnswerReused;
import dev.sluice.common.message.AttemptResolved;
import dev.sluice.common.message.AttemptSettled;
import dev.sluice.common.message.TokenUsage;
import dev.sluice.common.message.UsageEvent;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the writer adds to a real ledger, whatever it is given. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LedgerWriterTest {
  private static final String OF =
      "select * from attempt_cost where request_id = ? order by attempt";
  private static final String ROWS =
      "select * from usage_entry where request_id = ? order by attempt, entry";

  private TestingLedger ledger;

  @BeforeAll
  void open() {
    ledger = TestingLedger.open();
  }

  @AfterEach
  void sums() {
    ledger.assertThatSumsAreRight();
  }

  @AfterAll
  void close() {
    ledger.close();
  }

  @Test
  void an_attempt_is_kept_with_all_that_the_provider_told() {
    ledger.write(
        opened("whole", 1),
        settled("whole", 1, new TokenUsage(1_000, 400, 0, 500, 200, false, 7, 3)));

    var row = ledger.row(OF, "whole");
    assertThat(row)
        .containsEntry("project", "apollo")
        .containsEntry("priority", "interactive")
        .containsEntry("source", "provider")
        .containsEntry("input_tokens", 1_000L)
        .containsEntry("cached_input_tokens", 400L)
        .containsEntry("reasoning_tokens", 200L)
        .containsEntry("input_audio_tokens", 7L)
        .containsEntry("output_audio_tokens", 3L)
        .containsEntry("estimated", false)
        .containsEntry("currency", "USD")
        .containsEntry("suspect", null);
    // 600 x 0.15 + 400 x 0.075 + 500 x 0.60, per million
    assertThat((BigDecimal) row.get("cost")).isEqualByComparingTo("0.00042");
  }

  @Test
  void an_event_that_comes_again_counts_once() {
    var events = List.of(opened("again", 1), settled("again", 1, usage(10, 20)));
    ledger.writer.receive(ledger.records(events));
    ledger.writer.receive(ledger.records(events));
    ledger.write(events.get(1), events.get(1), events.get(0));

    assertThat(ledger.query(ROWS, "again")).hasSize(1);
  }

  @Test
  void each_attempt_of_a_request_is_a_row_of_its_own() {
    ledger.write(settled("twice", 1, TokenUsage.NONE), settled("twice", 2, usage(10, 20)));

    assertThat(ledger.query(OF, "twice")).extracting("attempt").containsExactly(1, 2);
    assertThat(ledger.row("select * from cost_by_request where request_id = 'twice'"))
        .containsEntry("attempts", 2L);
  }

  @Test
  void an_attempt_is_unsettled_until_its_settlement_comes_in_whatever_order() {
    ledger.write(opened("open", 1));
    assertThat(unsettled("open")).hasSize(1);
    ledger.write(settled("open", 1, usage(1, 1)));
    assertThat(unsettled("open")).isEmpty();

    ledger.write(settled("reverse", 1, usage(1, 1)));
    ledger.write(opened("reverse", 1));
    assertThat(unsettled("reverse")).isEmpty();
  }

  private List<Map<String, @Nullable Object>> unsettled(String id) {
    return ledger.query("select * from unsettled_attempt where request_id = ?", id);
  }

  @Test
  void the_providers_own_count_replaces_an_estimate_that_came_first_once() {
    ledger.write(opened("late", 1), lost("late", 1, 1_000, 0));
    ledger.write(settled("late", 1, usage(1_200, 300)));
    ledger.write(lost("late", 1, 1_000, 0), settled("late", 1, usage(1_200, 300)));

    assertThat(ledger.query(ROWS, "late"))
        .extracting(
            row -> row.get("kind") + " " + row.get("reverses") + " " + row.get("input_tokens"))
        .containsExactly("usage null 1000", "correction 0 -1000", "correction null 1200");
    assertThat(ledger.row(OF, "late"))
        .containsEntry("estimated", false)
        .containsEntry("outcome", "completed")
        .containsEntry("corrected", true)
        .containsEntry("output_tokens", 300L);
    assertThat(
            ledger
                .registry
                .get("sluice.ledger.corrections")
                .tag("reason", "settled_late")
                .counter()
                .count())
        .isPositive();
  }

  @Test
  void an_estimate_and_the_count_that_replaces_it_may_come_in_one_batch() {
    ledger.write(
        lost("batch", 1, 50, 5), settled("batch", 1, usage(60, 6)), lost("batch", 1, 50, 5));

    assertThat(ledger.query(ROWS, "batch")).hasSize(3);
    assertThat(ledger.row(OF, "batch")).containsEntry("input_tokens", 60L);
  }

  @Test
  void a_guess_never_replaces_what_is_there() {
    ledger.write(settled("true", 1, usage(10, 20)));
    ledger.write(lost("true", 1, 99, 99));
    ledger.write(lost("guessed", 1, 7, 7));
    ledger.write(lost("guessed", 1, 99, 99));

    assertThat(ledger.query(ROWS, "true"))
        .singleElement()
        .extracting("input_tokens")
        .isEqualTo(10L);
    assertThat(ledger.query(ROWS, "guessed"))
        .singleElement()
        .extracting("input_tokens")
        .isEqualTo(7L);
  }

  @Test
  void a_lost_attempt_is_dated_by_when_it_was_opened() {
    ledger.write(opened("dated", 1));
    ledger.write(lost("dated", 1, 10, 0));
    ledger.write(opened("dated-at-once", 1), lost("dated-at-once", 1, 10, 0));

    for (var id : List.of("dated", "dated-at-once"))
      assertThat(ledger.row(OF, id).get("opened_at")).isEqualTo(java.sql.Timestamp.from(OPENED));
  }

  @ParameterizedTest
  @CsvSource({"CACHE, cache", "COALESCED, coalesced"})
  void an_answer_used_again_costs_nothing_and_tells_what_it_saved(
      AnswerReused.Source source, String label) {
    var id = "reused-" + label;
    var event = reused(id, source, new TokenUsage(1_000, 400, 0, 500, 0, false));
    ledger.write(event);
    ledger.write(event);

    var row = ledger.row(OF, id);
    assertThat(row)
        .containsEntry("attempt", 0)
        .containsEntry("source", label)
        .containsEntry("of_request_id", "resp_original")
        .containsEntry("input_tokens", 0L)
        .containsEntry("saved_input_tokens", 1_000L)
        .containsEntry("saved_output_tokens", 500L);
    assertThat((BigDecimal) row.get("cost")).isZero();
    assertThat((BigDecimal) row.get("saved")).isEqualByComparingTo("0.00042");
    assertThat(ledger.query("select * from savings_daily where source = ?", label)).isNotEmpty();
    assertThat(ledger.query("select * from cost_daily where user_id = 'user2' and team = 'blue'"))
        .isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "negative_count,          -5,          0,  10, 0",
    "negative_count,          10,          0, -10, 0",
    "cached_above_input,      10,         11,  10, 0",
    "reasoning_above_output,  10,          0,  10, 11",
    "count_above_10m,         10000001,    0,  10, 0",
    "count_above_10m,         9223372036854775807, 9223372036854775807, 9223372036854775807, 0"
  })
  void absurd_counts_are_kept_as_told_and_cost_nothing_yet(
      String reason, long input, long cached, long output, long reasoning) {
    var id = "absurd%d/%d/%d/%d".formatted(input, cached, output, reasoning);
    ledger.write(settled(id, 1, new TokenUsage(input, cached, 0, output, reasoning, false)));

    assertThat(ledger.row(OF, id))
        .containsEntry("suspect", reason)
        .containsEntry("input_tokens", input)
        .containsEntry("cached_input_tokens", cached)
        .containsEntry("output_tokens", output)
        .containsEntry("cost", null);
    assertThat(ledger.query("select * from suspect_usage where request_id = ?", id)).hasSize(1);
    assertThat(ledger.registry.get("sluice.ledger.suspect").tag("reason", reason).counter().count())
        .isPositive();
  }

  @Test
  void an_answer_whose_usage_the_provider_did_not_tell_is_priced_by_our_count_and_flagged() {
    ledger.write(settled("untold", 1, TokenUsage.estimated(100, 10)));

    var row = ledger.row(OF, "untold");
    assertThat(row).containsEntry("suspect", "count_not_told").containsEntry("estimated", true);
    assertThat((BigDecimal) row.get("cost")).isPositive();
  }

  @Test
  void what_cannot_be_written_is_set_aside_with_its_bytes_and_the_rest_goes_on() {
    var nul = settled("nul", 1, usage(1, 1), "model\u0000", OPENED);
    var unusable =
        new String(ledger.codec.encode(settled("hollow", 1, usage(1, 1))), UTF_8)
            .replaceFirst("\"usage\":\\{[^}]*}", "\"usage\":null");
    var poison =
        List.of(
            ledger.record("a", "no usage event".getBytes(UTF_8)),
            ledger.record("b", ledger.codec.encode(nul)),
            ledger.record("c", unusable.getBytes(UTF_8)),
            ledger.record("d", new byte[0]),
            ledger.record(
                "e",
                ledger.codec.encode(
                    settled("far", 1, usage(1, 1), MODEL, Instant.MAX.minusSeconds(9)))));
    var batch = new ArrayList<>(ledger.records(List.of(settled("first", 1, usage(1, 1)))));
    batch.addAll(poison);
    batch.addAll(ledger.records(List.of(settled("last", 1, usage(1, 1)))));

    ledger.writer.receive(batch);
    ledger.writer.receive(batch);

    assertThat(ledger.query(ROWS, "first")).hasSize(1);
    assertThat(ledger.query(ROWS, "last")).hasSize(1);
    for (var record : poison)
      assertThat(
              ledger.row("select * from usage_dead_letter where topic_offset = ?", record.offset()))
          .containsEntry("key", record.key())
          .containsEntry("value", record.value())
          .extractingByKey("reason")
          .asString()
          .isNotBlank();
  }

  @Test
  void usage_without_a_rate_card_is_kept_and_priced_once_when_the_card_arrives() {
    var answer = settled("unpriced", 1, usage(1_000_000, 100_000), "gpt-future", OPENED);
    ledger.write(answer, reusedOf("gpt-future"));
    assertThat(ledger.query("select * from unpriced_usage where model = 'gpt-future'")).hasSize(2);
    var pricing = ledger.latePricing();
    pricing.run();
    assertThat(ledger.query(ROWS, "unpriced")).hasSize(1);

    addCard("gpt-future", "2026-01-01", "3");
    pricing.run();
    pricing.run();
    ledger.latePricing().run(); // that of another worker
    ledger.write(answer);

    assertThat(ledger.query(ROWS, "unpriced")).hasSize(3);
    assertThat((BigDecimal) ledger.row(OF, "unpriced").get("cost")).isEqualByComparingTo("3.9");
    assertThat((BigDecimal) ledger.row(OF, "reused-later").get("saved"))
        .isEqualByComparingTo("0.00015");
    assertThat(ledger.query("select * from unpriced_usage where model = 'gpt-future'")).isEmpty();
  }

  private static AnswerReused reusedOf(String model) {
    var like = reused("reused-later", AnswerReused.Source.CACHE, usage(20, 10));
    return new AnswerReused(
        like.requestId(),
        like.userId(),
        like.team(),
        like.tags(),
        model,
        like.priority(),
        like.source(),
        like.ofRequestId(),
        like.usage(),
        like.at(),
        Map.of());
  }

  @Test
  void a_card_that_turns_out_to_have_ended_before_is_corrected() {
    addCard("gpt-old", "2026-01-01", "1");
    ledger.write(
        settled(
            "before",
            1,
            usage(1_000_000, 0),
            "gpt-old",
            Instant.parse("2026-10-31T23:59:59.999999Z")),
        settled("after", 1, usage(1_000_000, 0), "gpt-old", Instant.parse("2026-11-01T00:00:00Z")));
    ledger
        .owner()
        .sql(
            "update rate_card set valid = tstzrange(lower(valid), '2026-11-01Z') where model = 'gpt-old'")
        .update();
    addCard("gpt-old", "2026-11-01", "2");
    var pricing = ledger.latePricing();
    pricing.run();
    pricing.run();

    assertThat((BigDecimal) ledger.row(OF, "before").get("cost")).isEqualByComparingTo("1");
    assertThat((BigDecimal) ledger.row(OF, "after").get("cost")).isEqualByComparingTo("2");
    assertThat(ledger.query(ROWS, "after"))
        .extracting("correction_reason")
        .containsExactly(null, "card_changed", "card_changed");
  }

  private void addCard(String model, String from, String price) {
    ledger
        .owner()
        .sql(
            """
            insert into rate_card (model, service_tier, version, valid, currency, input_price,
                cached_input_price, cache_write_price, output_price, source, source_date)
            values (:model, 'default',
                (select coalesce(max(version), 0) + 1 from rate_card where model = :model),
                tstzrange(cast(:from as timestamptz), null), 'USD',
                :price, :price, :price, :price * 3, 'a test', '2026-01-01')
            """)
        .param("model", model)
        .param("from", from + "T00:00:00Z")
        .param("price", new BigDecimal(price))
        .update();
  }

  @Test
  void a_month_without_a_partition_loses_nothing_and_gets_one() {
    ledger.write(
        settled("old", 1, usage(10, 10), MODEL, Instant.parse("2024-12-31T23:59:59.999Z")));
    assertThat(ledger.query("select * from usage_entry_default where request_id = 'old'"))
        .hasSize(1);
    ledger.assertThatSumsAreRight();

    ledger.store.makePartitionsAhead(3);

    assertThat(ledger.query("select * from usage_entry_2024_12 where request_id = 'old'"))
        .hasSize(1);
    assertThat(ledger.query("select * from usage_entry_default where request_id = 'old'"))
        .isEmpty();
    ledger.write(
        settled("old", 1, usage(10, 10), MODEL, Instant.parse("2024-12-31T23:59:59.999Z")));
    assertThat(ledger.query(ROWS, "old")).hasSize(1);
  }

  @Test
  void partitions_of_the_coming_months_are_there() {
    ledger.store.makePartitionsAhead(3);
    ledger.store.makePartitionsAhead(3);
    for (int months = 0; months <= 3; months++)
      assertThat(
              ledger.row(
                  "select to_regclass('usage_entry_' || to_char(now() at time zone 'UTC' + make_interval(months => ?), 'YYYY_MM')) is not null as made",
                  months))
          .containsEntry("made", true);
  }

  static LongStream seeds() {
    return LongStream.range(0, 8);
  }

  /**
   * Attempts settled by guess, by count, or both, opened or not, used again; each event delivered
   * one to three times, in any order, in batches of any size.
   */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void whatever_comes_in_whatever_order_every_attempt_counts_once_as_the_provider_counted_it(
      long seed) {
    var random = new Random(seed);
    var deliveries = new ArrayList<UsageEvent>();
    long exact = 0;
    for (int i = 0; i < 60; i++) {
      var id = "seed-%d-%d".formatted(seed, i);
      var openedAt = OPENED.minus(Duration.ofHours(random.nextInt(1_000)));
      var truth =
          settled(
              id,
              1,
              usage(random.nextInt(5_000), random.nextInt(900)),
              i % 9 == 0 ? "gpt-unknown" : MODEL,
              openedAt);
      var events = new ArrayList<UsageEvent>(List.of(truth));
      if (random.nextBoolean()) events.add(opened(id, 1));
      if (random.nextInt(3) == 0)
        events.add(lost(id, 1, random.nextInt(4_000), random.nextInt(500)));
      if (random.nextInt(4) == 0) events.add(reused(id, AnswerReused.Source.CACHE, truth.usage()));
      exact += truth.usage().total();
      for (var event : events)
        for (int times = random.nextInt(3); times >= 0; times--) deliveries.add(event);
    }
    Collections.shuffle(deliveries, random);
    for (int from = 0; from < deliveries.size(); ) {
      int to = Math.min(deliveries.size(), from + 1 + random.nextInt(40));
      ledger.writer.receive(ledger.records(deliveries.subList(from, to)));
      ledger.assertThatSumsAreRight();
      from = to;
    }
    ledger.writer.receive(ledger.records(deliveries)); // a replay from the beginning

    var sums =
        ledger.row(
            """
            select count(*) as attempts, sum(input_tokens + output_tokens)::bigint as tokens,
                bool_or(estimated) as estimated
            from attempt_cost where request_id like ? and attempt = 1
            """,
            "seed-%d-%%".formatted(seed));
    assertThat(sums)
        .containsEntry("attempts", 60L)
        .containsEntry("tokens", exact)
        .containsEntry("estimated", false);
  }

  @Test
  void settlements_of_an_older_build_are_kept_though_they_lack_a_priority() {
    var old = settled("older", 1, usage(1, 1));
    ledger.write(
        new AttemptSettled(
            old.requestId(),
            1,
            old.userId(),
            old.team(),
            Map.of(),
            old.model(),
            "default",
            old.usage(),
            "completed",
            null,
            OPENED,
            OPENED,
            null,
            null,
            Map.of()));

    assertThat(ledger.row(OF, "older"))
        .containsEntry("priority", "unknown")
        .containsEntry("project", "");
  }

  @Test
  void what_trimming_left_out_is_a_saving_of_attempts_that_were_charged() {
    ledger.write(
        LedgerEvents.trimmed("trimmed", usage(100, 10), 1_000_000),
        LedgerEvents.trimmed("refused", usage(0, 0), 1_000_000));
    assertThat(
            ledger.row(
                "select answers, saved_input_tokens, saved::numeric(30, 10) as saved from savings_daily where source = 'trimming'"))
        .containsEntry("answers", 1L)
        .containsEntry("saved_input_tokens", new BigDecimal("1000000"))
        .containsEntry("saved", new BigDecimal("0.1500000000"));
    ledger.assertThatSumsAreRight();
  }

  @Test
  void counts_that_somebody_has_looked_at_are_corrected_once() {
    var told = new TokenUsage(100, 900, 0, 10, 0, false);
    ledger.write(settled("accepted", 1, told), settled("replaced", 1, told));
    ledger.write(settled("written off", 1, told), settled("believed", 1, usage(1, 1)));
    var decisions =
        List.of(
            resolved("accepted", null),
            resolved("replaced", usage(1_000_000, 0)),
            resolved("written off", TokenUsage.NONE),
            resolved("believed", TokenUsage.NONE),
            resolved("unknown", TokenUsage.NONE));
    ledger.write(decisions.toArray(AttemptResolved[]::new));
    ledger.write(decisions.toArray(AttemptResolved[]::new));

    assertThat(
            ledger.query(
                "select request_id, input_tokens, cost::numeric(20, 6), suspect, corrected_by from attempt_cost where request_id in ('accepted', 'replaced', 'written off') order by 1"))
        .extracting(Map::values)
        .extracting(values -> values.toString())
        .containsExactly(
            "[accepted, 100, -0.000047, null, somebody]",
            "[replaced, 1000000, 0.150000, null, somebody]",
            "[written off, 0, 0.000000, null, somebody]");
    assertThat(ledger.row("select count(*) from usage_entry where request_id = 'believed'"))
        .containsEntry("count", 1L);
    assertThat(ledger.row("select count(*) from usage_entry where correction_reason = 'resolved'"))
        .containsEntry("count", 6L);
    ledger.assertThatSumsAreRight();
  }

  private static AttemptResolved resolved(String id, @Nullable TokenUsage usage) {
    return new AttemptResolved(id, 1, usage, "somebody", OPENED, Map.of());
  }
}
