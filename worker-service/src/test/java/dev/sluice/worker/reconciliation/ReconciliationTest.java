package dev.sluice.worker.reconciliation;

import static dev.sluice.worker.reconciliation.TestingReconciliation.told;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.common.message.ProviderFigures.Figure;
import dev.sluice.common.message.ProviderFigures.Report;
import dev.sluice.simulator.OpenAiSimulator;
import dev.sluice.simulator.SimulatorOptions;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The provider's figures beside the ledger, on a real Postgres, from a real HTTP API. */
class ReconciliationTest {
  private static final LocalDate DAY = LocalDate.of(2026, 11, 24);
  private static final String MINI = "gpt-4o-mini-2024-07-18";

  private final TestingReconciliation ledger =
      new TestingReconciliation(Instant.parse("2026-11-25T09:00:00Z"));
  private final Reconciliation reconciliation = ledger.reconciliation("", "", 2);

  @AfterEach
  void close() {
    ledger.close();
  }

  @Test
  void a_day_without_the_providers_figures_is_missing_and_no_alert() {
    ledger.entry(DAY, MINI, 1_000, 500, "0.45", "USD");
    reconciliation.watch();
    assertThat(ledger.line(DAY, MINI))
        .containsEntry("state", "missing")
        .containsEntry("share", null)
        .containsEntry("coverage", null)
        .containsEntry("provider_input_tokens", null);
    assertThat(daysOff()).isZero();
  }

  @Test
  void the_share_is_that_of_the_worst_figure_and_above_the_threshold_a_day_is_off() {
    ledger.entry(DAY, MINI, 1_000, 500, "0.45", "USD");
    reconciliation.add(told(DAY, Report.USAGE, Figure.usage(MINI, 1, 1_000, 0, 500)));
    reconciliation.add(told(DAY, Report.COSTS, cost(MINI, "0.4455")));
    assertThat(ledger.line(DAY, MINI)).containsEntry("state", "differs"); // 0.0045 of 0.4455
    assertThat(money(DAY, "share")).isEqualByComparingTo("0.010101");
    assertThat(money(DAY, "cost_difference")).isEqualByComparingTo("0.0045");
    assertThat(money(DAY, "input_tokens_difference")).isZero();
    assertThat(money(DAY, "coverage")).isEqualByComparingTo("1");
    assertThat(daysOff()).isEqualTo(1);
  }

  @Test
  void the_newest_figures_of_a_day_count_as_a_whole_and_the_older_ones_stay_to_be_seen() {
    ledger.entry(DAY, MINI, 1_000, 500, "0.45", "USD");
    var early =
        told(
            DAY,
            Report.USAGE,
            Figure.usage(MINI, 1, 900, 0, 400),
            Figure.usage("gpt-4o", 1, 5, 0, 5));
    reconciliation.add(early);
    reconciliation.add(told(DAY, Report.USAGE, Figure.usage(MINI, 1, 1_000, 0, 500)));
    reconciliation.add(early); // delivered again
    assertThat(ledger.line(DAY, MINI)).containsEntry("state", "agrees");
    assertThat(
            ledger
                .asFinance()
                .sql("select model from reconciliation_daily where day = :day")
                .param("day", DAY)
                .query(String.class)
                .list())
        .containsExactly(MINI);
    assertThat(
            ledger
                .asFinance()
                .sql("select counts from provider_usage order by imported_at, model")
                .query(Boolean.class)
                .list())
        .containsExactly(false, false, true);
    assertThat(daysOff()).isZero();
  }

  @Test
  void what_the_account_used_beside_sluice_shows_as_coverage() {
    ledger.entry(DAY, MINI, 1_000, 500, "0.45", "USD");
    reconciliation.add(
        told(
            DAY,
            Report.USAGE,
            Figure.usage(MINI, 9, 3_000, 0, 1_500),
            Figure.usage("gpt-4o-2024-08-06", 1, 10, 0, 10)));
    assertThat(money(DAY, "coverage")).isEqualByComparingTo("0.333333");
    assertThat(ledger.line(DAY, "gpt-4o-2024-08-06"))
        .containsEntry("state", "differs")
        .containsEntry("attempts", BigDecimal.ZERO);
  }

  @Test
  void an_attempt_that_no_dated_model_answered_belongs_to_the_one_that_the_provider_names() {
    ledger.entry(DAY, MINI, 900, 400, "0.40", "USD");
    ledger.entry(DAY, "gpt-4o-mini", 100, 100, "0.05", "USD"); // cancelled
    ledger.entry(DAY, "gpt-4o", 7, 0, "0.01", "USD"); // nobody names it
    reconciliation.add(
        told(
            DAY,
            Report.USAGE,
            Figure.usage(MINI, 2, 1_000, 0, 500),
            Figure.usage("gpt-4o-mini-2023-01-01", 1, 1, 0, 0)));
    var line = ledger.line(DAY, MINI);
    assertThat(line).containsEntry("state", "agrees");
    assertThat(line.get("ledger_models")).hasToString("{gpt-4o-mini," + MINI + "}");
    assertThat(ledger.line(DAY, "gpt-4o"))
        .containsEntry("state", "differs")
        .containsEntry("provider_input_tokens", BigDecimal.ZERO);
  }

  @Test
  void money_in_two_currencies_is_not_compared() {
    ledger.entry(DAY, MINI, 1_000, 500, "0.45", "EUR");
    reconciliation.add(told(DAY, Report.COSTS, cost(MINI, "0.52")));
    assertThat(ledger.line(DAY, MINI))
        .containsEntry("cost_difference", null)
        .containsEntry("currency", "EUR")
        .containsEntry("provider_currency", "USD")
        .containsEntry("state", "agrees");
  }

  @Test
  void a_day_that_is_not_over_differs_without_an_alert() {
    var today = LocalDate.of(2026, 11, 25);
    ledger.entry(today, MINI, 1_000, 500, "0.45", "USD");
    reconciliation.add(told(today, Report.USAGE, Figure.usage(MINI, 1, 10, 0, 5)));
    assertThat(ledger.line(today, MINI)).containsEntry("state", "differs");
    assertThat(daysOff()).isZero();
  }

  @Test
  void each_of_the_last_days_is_fetched_once_a_day_after_it_has_settled() throws Exception {
    ledger.now.set(Instant.parse("2026-11-24T10:00:00Z"));
    try (var provider = provider();
        var asking = ledger.reconciliation(provider.apiUrl(), "sk-admin-test", 2)) {
      ask(provider, MINI, "Hello [[tokens=30]]");
      ledger.now.set(Instant.parse("2026-11-25T05:59:59Z"));
      asking.fetchDue(); // of the 23rd and the 22nd
      assertThat(fetched(DAY)).isZero();
      ledger.now.set(Instant.parse("2026-11-25T06:00:00Z"));
      asking.fetchDue();
      ledger.now.set(Instant.parse("2026-11-25T23:00:00Z"));
      asking.fetchDue();
      assertThat(fetched(DAY)).isEqualTo(1);
      ledger.now.set(Instant.parse("2026-11-26T06:00:00Z"));
      asking.fetchDue();
      ledger.now.set(Instant.parse("2026-11-27T06:00:00Z"));
      asking.fetchDue();
      assertThat(fetched(DAY)).isEqualTo(2);
    }
    var line = ledger.line(DAY, MINI);
    assertThat(line)
        .containsEntry("provider_requests", BigDecimal.ONE)
        .containsEntry("provider_output_tokens", new BigDecimal("30"))
        .containsEntry("provider_currency", "USD");
    var input = (BigDecimal) Objects.requireNonNull(line.get("provider_input_tokens"));
    // USD per 1M tokens: 0.15 in, 0.60 out
    assertThat(money(DAY, "provider_cost"))
        .isEqualByComparingTo(
            input.multiply(new BigDecimal("0.15")).add(new BigDecimal("18")).movePointLeft(6));
    assertThat(line).containsEntry("state", "differs"); // the ledger has nothing of it
  }

  @Test
  void a_refused_key_is_told_and_writes_nothing() throws Exception {
    try (var provider = provider();
        var asking = ledger.reconciliation(provider.apiUrl(), "sk-ordinary", 2)) {
      asking.fetch(DAY, "finance");
    }
    assertThat(fetched(DAY)).isZero();
    assertThat(
            ledger
                .registry
                .get("sluice.reconciliation.fetches")
                .tag("outcome", "failed")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void what_the_provider_said_is_never_changed() {
    reconciliation.add(told(DAY, Report.USAGE, Figure.usage(MINI, 1, 1, 0, 1)));
    for (var statement :
        List.of(
            "update provider_figure set input_tokens = 0",
            "delete from provider_import",
            "truncate provider_figure")) {
      assertThatThrownBy(() -> ledger.asWriter().sql(statement).update())
          .hasStackTraceContaining("permission denied");
      assertThatThrownBy(() -> ledger.asOwner().sql(statement).update())
          .hasStackTraceContaining("is immutable");
    }
    assertThatThrownBy(
            () -> ledger.asFinance().sql("select * from provider_import").query().listOfRows())
        .hasStackTraceContaining("permission denied");
  }

  private OpenAiSimulator provider() {
    return OpenAiSimulator.start(
        SimulatorOptions.defaults()
            .withLatency(0, 0, 0)
            .withTime(ledger.now::get, System::nanoTime));
  }

  private static void ask(OpenAiSimulator provider, String model, String input) throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      http.send(
          HttpRequest.newBuilder(URI.create(provider.apiUrl() + "/responses"))
              .header("Authorization", "Bearer sk-test")
              .POST(
                  BodyPublishers.ofString(
                      "{\"model\":\"%s\",\"input\":\"%s\"}".formatted(model, input)))
              .build(),
          BodyHandlers.ofString());
    }
  }

  private long fetched(LocalDate day) {
    return ledger
        .asOwner()
        .sql("select count(*) from provider_import where day = :day and report = 'costs'")
        .param("day", day)
        .query(Long.class)
        .single();
  }

  private double daysOff() {
    return ledger.registry.get("sluice.reconciliation.days.off").gauge().value();
  }

  private @Nullable BigDecimal money(LocalDate day, String column) {
    return (BigDecimal) ledger.line(day, MINI).get(column);
  }

  private static Figure cost(String model, String amount) {
    return Figure.cost(model, new BigDecimal(amount), "USD");
  }
}
