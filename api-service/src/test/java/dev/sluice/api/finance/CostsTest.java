package dev.sluice.api.finance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

/** Sums and the requests behind them, on a real ledger. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CostsTest {
  private TestingLedger ledger;
  private Costs costs;
  private Requests requests;

  @BeforeAll
  void open() {
    ledger = TestingLedger.open();
    costs = new Costs(ledger.finance());
    requests = new Requests(ledger.finance());
    ledger.entry("resp_1", "2026-10-31T23:59:59.999999Z").add();
    ledger.entry("resp_2", "2026-11-01T00:00:00Z").of("user2", "blue").add();
    ledger.entry("resp_2", "2026-11-01T00:00:01Z").of("user2", "blue").attempt(2).estimated().add();
    ledger.entry("resp_3", "2026-11-02T00:00:00Z").add();
    ledger.entry("resp_3", "2026-11-02T00:00:00Z").takingBack(0).add();
    ledger.entry("resp_3", "2026-11-02T00:00:00Z").instead(0).tokens(2_000, 500, 10).add();
    ledger.entry("resp_4", "2026-11-02T00:00:00Z").suspect("negative_count").add();
    ledger.entry("resp_5", "2026-11-03T00:00:00Z").attempt(0).add();
    ledger.entry("resp_6", "2026-11-30T23:59:59Z").unpriced().add();
    ledger.entry("resp_7", "2026-12-01T00:00:00Z").add();
  }

  @AfterAll
  void close() {
    ledger.close();
  }

  @Test
  void the_sums_are_those_of_sql_by_day_and_by_month() {
    for (var by : List.of("day,team", "month,team")) {
      var rows = costs.costs(november("by", by)).rows();
      assertThat(rows)
          .extracting(row -> "%s %s".formatted(row.get("team"), row.get("cost")))
          .hasSize(by.startsWith("day") ? 3 : 2);
      assertThat(sum(rows)).isEqualByComparingTo(sql("sum(cost)"));
    }
    assertThat(costs.costs(november("by", "month")).rows())
        .singleElement()
        .satisfies(row ->
            assertThat(row)
                .containsEntry("month", "2026-11-01")
                .containsEntry("currency", "USD")
                .containsEntry("unpricedAttempts", java.math.BigInteger.TWO)
                .containsEntry("suspectAttempts", java.math.BigInteger.ONE)
                .containsEntry("attempts", java.math.BigInteger.valueOf(5))
                .containsEntry("estimatedCost", "0.0035"));
  }

  @Test
  void a_month_that_is_not_whole_is_added_up_from_its_days() {
    var rows =
        costs
            .costs(query("from", "2026-10-31", "to", "2026-11-02", "by", "month", "team", "red"))
            .rows();
    assertThat(rows).extracting(row -> row.get("month")).containsExactly("2026-10-01");
  }

  @Test
  void filters_of_one_kind_mean_any_of_them() {
    assertThat(costs.costs(november("by", "team", "team", "blue")).rows()).hasSize(1);
    assertThat(costs.costs(november("by", "team", "team", "blue", "team", "red")).rows())
        .extracting(row -> row.get("team"))
        .containsExactly("blue", "red");
    assertThat(costs.costs(november("by", "team", "team", "a', 'red")).rows()).isEmpty();
  }

  @Test
  void savings_are_told_by_their_source() {
    assertThat(costs.savings(november("by", "source")).rows())
        .singleElement()
        .satisfies(row ->
            assertThat(row).containsEntry("source", "cache").containsEntry("saved", "0.0035"));
  }

  @Test
  void requests_come_the_newest_first_page_by_page() {
    var first = requests.requests(november("limit", "2"));
    assertThat(first.requests())
        .extracting(Requests.Request::requestId)
        .containsExactly("resp_6", "resp_5");
    var second = requests.requests(november("limit", "2", "cursor", String.valueOf(first.next())));
    assertThat(second.requests())
        .extracting(Requests.Request::requestId)
        .containsExactly("resp_4", "resp_3");
    var third = requests.requests(november("limit", "2", "cursor", String.valueOf(second.next())));
    assertThat(third.requests())
        .singleElement()
        .satisfies(request -> {
          assertThat(request.attempts()).isEqualTo(2);
          assertThat(request.cost()).isEqualTo("0.007");
          assertThat(request.estimated()).isTrue();
        });
    assertThat(third.next()).isNull();
  }

  @ParameterizedTest
  @CsvSource({"estimated,resp_2", "unpriced,resp_6;resp_4", "suspect,resp_4"})
  void requests_are_found_by_what_is_wrong_with_them(String state, String found) {
    assertThat(requests.requests(november("state", state)).requests())
        .extracting(Requests.Request::requestId)
        .containsExactly(found.split(";"));
  }

  @Test
  void the_attempts_of_a_request_are_told_as_they_stand() {
    assertThat(requests.attempts("resp_2"))
        .satisfies(request -> {
          assertThat(List.of(request.user(), request.team(), request.project()))
              .containsExactly("user2", "blue", "apollo");
          assertThat(request.model()).isEqualTo("gpt-4o");
        });
    assertThat(requests.attempts("resp_5").attempts().getFirst().cost()).isEqualTo("0");
    assertThat(requests.attempts("resp_3").attempts())
        .singleElement()
        .satisfies(attempt -> {
          assertThat(attempt.inputTokens()).isEqualTo(2_000);
          assertThat(attempt.corrected()).isTrue();
        });
    assertThat(code(() -> requests.attempts("resp_none"))).isEqualTo(ErrorCode.RESPONSE_NOT_FOUND);
  }

  @Test
  void a_question_without_a_bounded_period_is_refused() {
    assertThatThrownBy(() -> costs.costs(query("by", "team", "from", "2026-11-01")))
        .hasMessageContaining("names no period");
    assertThat(code(() -> requests.requests(query()))).isEqualTo(ErrorCode.PERIOD_REQUIRED);
    for (var to : List.of("2026-11-01", "2026-10-01", "2027-12-31", "tomorrow", "2026-02-30"))
      assertThat(code(() -> costs.costs(query("by", "team", "from", "2026-11-01", "to", to))))
          .as(to)
          .isEqualTo(ErrorCode.INVALID_VALUE);
  }

  @ParameterizedTest
  @CsvSource({
    "by,,missing_required_parameter",
    "by,colour,invalid_value",
    "by,'day,month',invalid_value",
    "by,source,invalid_value",
    "taem,red,unsupported_parameter",
  })
  void a_question_that_cannot_be_meant_is_refused(String name, String value, String error) {
    assertThat(code(() -> costs.costs(november(name, value == null ? "" : value))).code())
        .isEqualTo(error);
  }

  @ParameterizedTest
  @CsvSource({"state,odd", "limit,0", "limit,501", "limit,many", "cursor,garbage", "cursor,8J-Ygg"})
  void a_list_that_cannot_be_meant_is_refused(String name, String value) {
    assertThat(code(() -> requests.requests(november(name, value))))
        .isEqualTo(ErrorCode.INVALID_VALUE);
  }

  private java.math.BigDecimal sql(String figure) {
    return ledger
        .owner()
        .sql(
            "select %s from usage_entry where opened_at >= '2026-11-01Z' and opened_at < '2026-12-01Z'"
                .formatted(figure))
        .query(java.math.BigDecimal.class)
        .single();
  }

  private static java.math.BigDecimal sum(List<Map<String, @Nullable Object>> rows) {
    return rows.stream()
        .map(row -> new java.math.BigDecimal(String.valueOf(row.get("cost"))))
        .reduce(java.math.BigDecimal.ZERO, java.math.BigDecimal::add);
  }

  private static ErrorCode code(Runnable question) {
    try {
      question.run();
      throw new AssertionError("it was answered");
    } catch (SluiceException refusal) {
      return refusal.code();
    }
  }

  private static MultiValueMap<String, String> november(String... more) {
    var query = query(more);
    query.add("from", "2026-11-01");
    query.add("to", "2026-12-01");
    return query;
  }

  private static MultiValueMap<String, String> query(String... pairs) {
    var query = new LinkedMultiValueMap<String, String>();
    for (int i = 0; i < pairs.length; i += 2) query.add(pairs[i], pairs[i + 1]);
    return query;
  }
}
