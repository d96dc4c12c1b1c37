package dev.sluice.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** What finance asks over HTTP, of a month that this class has to itself. */
class FinanceApiTest {
  private static final String MAY_2021 = "from=2021-05-01&to=2021-06-01";
  private static final String JUNE_2021 = "from=2021-06-01&to=2021-07-01";

  /** As CSV far more than the buffers of a connection hold. */
  private static final int MANY = 15_000;

  /** Prefix of ids, number of requests, first day, seconds from one to the next. */
  private static final String ADD =
      """
      with added as (
          insert into usage_entry (request_id, attempt, entry, kind, user_id, team, project, tags,
              model, service_tier, priority, source, input_tokens, cached_input_tokens,
              cache_write_tokens, output_tokens, reasoning_tokens, input_audio_tokens,
              output_audio_tokens, saved_input_tokens, saved_cached_input_tokens,
              saved_output_tokens, cost, saved, currency, rate_card_id, estimated, outcome,
              opened_at, settled_at)
          select '%1$s_' || i, 1, 0, 'usage', 'user' || i %% 7, 'team' || i %% 3, 'p',
              '{"project": "p"}', 'gpt-4o', 'default', 'interactive', 'provider', 100 + i, i, 0,
              i, 0, 0, 0, 0, 0, 0, (100 * 2.5 + i * 1.25 + i * 10) / 1000000, 0, 'USD', card.id,
              i %% 10 = 0, 'completed', timestamptz '%3$sZ' + i * interval '%4$d seconds',
              timestamptz '%3$sZ' + i * interval '%4$d seconds' + interval '1 minute'
          from generate_series(1, %2$d) i, rate_card card
          where card.model = 'gpt-4o' and card.service_tier = 'default'
              and card.valid_from = '2024-08-06Z'
          returning 1
      )
      select count(*) from added
      """;

  /** The database ends the connections of exports that are being read. */
  private static final String ADD_SUSPECT =
      """
      with added as (
          insert into usage_entry (request_id, attempt, entry, kind, user_id, team, project, tags,
              model, service_tier, priority, source, input_tokens, cached_input_tokens,
              cache_write_tokens, output_tokens, reasoning_tokens, input_audio_tokens,
              output_audio_tokens, saved_input_tokens, saved_cached_input_tokens,
              saved_output_tokens, cost, saved, currency, estimated, suspect, outcome, opened_at,
              settled_at)
          values ('finance-suspect', 1, 0, 'usage', 'u', 't', '', '{}', 'gpt-4o', 'default',
              'interactive', 'provider', -5, 0, 0, 1, 0, 0, 0, 0, 0, 0, null, 0, 'USD', false,
              'negative_count', 'completed', timestamptz '2025-05-01Z', timestamptz '2025-05-01Z')
          returning request_id, attempt, entry, opened_at, estimated
      ), claimed as (
          insert into usage_key (request_id, attempt, entry, opened_at, estimated)
          select * from added
          returning 1
      )
      select count(*) from claimed
      """;

  private final HttpCaller finance = HttpCaller.of("finance");

  @BeforeAll
  static void fill() throws SQLException {
    assertThat(TestingSystem.ledger().count(ADD.formatted("finance-api", 500, "2021-05-01", 1_020)))
        .isEqualTo(500);
  }

  @Test
  void the_numbers_are_those_of_sql() throws SQLException {
    var costs = json(finance.get("/api/finance/costs?by=day,team&" + MAY_2021));
    var sum = BigDecimal.ZERO;
    long attempts = 0;
    for (var row : costs.path("rows")) {
      sum = sum.add(new BigDecimal(row.path("cost").asString()));
      attempts += row.path("attempts").asLong();
    }
    assertThat(attempts).isEqualTo(500);
    assertThat(sum.movePointRight(10))
        .isEqualByComparingTo(
            BigDecimal.valueOf(
                TestingSystem.ledger()
                    .count(
                        "select (sum(cost) * 10000000000)::bigint from usage_entry where request_id like 'finance-api_%'")));
    var requests = json(finance.get("/api/finance/requests?team=team1&limit=3&" + MAY_2021));
    assertThat(requests.path("requests").get(0).path("requestId").asString())
        .isEqualTo("finance-api_499");
    assertThat(requests.path("next").asString()).isNotEmpty();
    var attempt = json(finance.get("/api/finance/requests/finance-api_499"));
    assertThat(attempt.path("attempts").get(0).path("inputTokens").asInt()).isEqualTo(599);
    assertThat(attempt.path("team").asString()).isEqualTo("team1");
    assertThat(attempt.path("model").asString()).isEqualTo("gpt-4o");
  }

  @ParameterizedTest
  @ValueSource(strings = {"usage", "focus"})
  void an_export_is_a_file_that_can_be_taken_up_anywhere(String name) {
    var path = "/api/finance/export/" + name + ".csv?" + MAY_2021;
    var whole = finance.get(path);
    assertThat(whole.statusCode()).as(whole.body()).isEqualTo(200);
    assertThat(whole.headers().firstValue("content-type").orElse("")).startsWith("text/csv");
    assertThat(whole.headers().firstValue("content-disposition"))
        .hasValue("attachment; filename=\"%s-2021-05-01-2021-06-01.csv\"".formatted(name));
    var lines = whole.body().split("\r\n", -1);
    assertThat(lines).hasSize(name.equals("usage") ? 502 : 1_502);
    var cursor = lines[300].substring(lines[300].lastIndexOf(',') + 1);
    var rest = finance.get(path + "&cursor=" + cursor).body();
    assertThat(whole.body()).endsWith("\r\n" + rest);
    assertThat(rest.split("\r\n", -1)).hasSize(lines.length - 301);
  }

  @Test
  void an_export_that_breaks_off_is_not_taken_for_a_whole_one_and_can_be_taken_up()
      throws IOException, SQLException {
    TestingSystem.ledger().count(ADD.formatted("finance-many", MANY, "2021-06-01", 1));
    var path = "/api/finance/export/focus.csv?" + JUNE_2021;
    var whole = finance.get(path).body();
    var received = new ByteArrayOutputStream();
    try (var body = finance.download(path)) {
      received.writeBytes(body.readNBytes(100_000));
      assertThat(TestingSystem.ledger().endReaders()).isEqualTo(1);
      assertThatThrownBy(() -> body.transferTo(received)).isInstanceOf(IOException.class);
    }
    var cut = received.toString(UTF_8);
    // Nothing but rows, and not all of them; said in a way that prints none of these megabytes
    assertThat(cut.length()).isLessThan(whole.length());
    assertThat(whole.startsWith(cut)).as("what came is how the export begins").isTrue();
    var kept = cut.substring(0, cut.lastIndexOf("\r\n") + 2);
    var cursor = kept.substring(kept.lastIndexOf(',') + 1).strip();
    var rest = finance.get(path + "&cursor=" + cursor).body();
    assertThat((kept + rest).equals(whole)).as("the two parts are the whole").isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "costs?by=team",
        "savings?by=day",
        "requests",
        "export/usage.csv",
        "export/focus.csv"
      })
  void a_question_without_a_bounded_period_is_refused_with_a_sentence(String question) {
    var answer = finance.get("/api/finance/" + question);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(TestingSystem.error(answer).path("code").asString()).isEqualTo("period_required");
    assertThat(TestingSystem.error(answer).path("message").asString()).contains("from=2026-11-01");
  }

  @Test
  void a_rate_card_is_added_by_the_worker_and_audited() {
    var model = "model-" + UUID.randomUUID();
    var card =
        """
        {"model": "%s", "validFrom": "2099-01-01", "currency": "EUR", "input": "0.1234567891",
         "output": "2", "source": "our contract"}
        """
            .formatted(model);
    var answer = finance.post("/api/finance/rate-cards", card);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    assertThat(json(answer).path("validFrom").asString()).isEqualTo("2099-01-01T00:00:00Z");
    var kept =
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> cardOf(model), it -> !it.isMissingNode());
    assertThat(kept.path("input").asString()).isEqualTo("0.1234567891");
    assertThat(kept.path("version").asInt()).isEqualTo(1);

    var again = finance.post("/api/finance/rate-cards", card);
    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(TestingSystem.error(again).path("code").asString()).isEqualTo("rate_card_conflict");

    var ops = HttpCaller.of("ops");
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() ->
            assertThat(json(ops.get("/api/ops/audit")).path("changes"))
                .anySatisfy(change -> {
                  assertThat(change.path("setting").asString())
                      .isEqualTo("rate-card/%s/default/2099-01-01T00:00:00Z".formatted(model));
                  assertThat(change.path("by").asString()).isEqualTo("finance");
                }));
  }

  @Test
  void counts_that_cannot_be_believed_are_replaced_by_those_that_somebody_knows()
      throws SQLException {
    TestingSystem.ledger().count(ADD_SUSPECT);
    var path = "/api/finance/requests/finance-suspect/1/resolve";
    var counts = "{\"resolution\":\"replace\",\"inputTokens\":1000000,\"outputTokens\":%d}";
    assertThat(finance.post(path, counts.formatted(-1)).statusCode()).isEqualTo(400);
    assertThat(finance.post(path, counts.formatted(0)).statusCode()).isEqualTo(202);
    var attempt =
        await()
            .atMost(Duration.ofSeconds(20))
            .until(
                () ->
                    json(finance.get("/api/finance/requests/finance-suspect"))
                        .path("attempts")
                        .get(0),
                it -> it.path("corrected").asBoolean());
    assertThat(attempt.path("suspect").isNull()).isTrue();
    assertThat(attempt.path("cost").asString()).isEqualTo("2.5");
    assertThat(finance.post(path, counts.formatted(0)).statusCode()).isEqualTo(404);
  }

  private JsonNode cardOf(String model) {
    for (var card : json(finance.get("/api/finance/rate-cards")).path("rateCards"))
      if (card.path("model").asString().equals(model)) return card;
    return MissingNode.getInstance();
  }

  private static JsonNode json(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isLessThan(300);
    return TestingSystem.JSON.readTree(answer.body());
  }
}
