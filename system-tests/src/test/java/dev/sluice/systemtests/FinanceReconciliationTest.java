package dev.sluice.systemtests;

import static dev.sluice.systemtests.HttpCaller.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Finance sets the provider's figures beside the ledger, through the API. */
class FinanceReconciliationTest {
  private static final String PATH = "/api/finance/reconciliation";
  private static final Duration SOON = Duration.ofSeconds(20);

  private final HttpCaller finance = HttpCaller.of("finance");

  @Test
  void a_page_that_is_brought_along_is_compared_day_by_day() {
    var model = "model-" + UUID.randomUUID();
    var day = LocalDate.of(2026, 2, 3);
    long midnight = day.atStartOfDay(ZoneOffset.UTC).toEpochSecond();
    var page =
        """
        {"object":"page","data":[{"object":"bucket","start_time":%d,"end_time":%d,"results":[
          {"object":"organization.costs.result","line_item":"%s, input","amount":{"value":0.06,"currency":"usd"}},
          {"object":"organization.costs.result","line_item":"%s, output","amount":{"value":0.0600000000001,"currency":"usd"}}]}],
         "has_more":false,"next_page":null}
        """
            .formatted(midnight, midnight + 86_400, model, model);
    var taken = finance.post(PATH + "/import", page);
    assertThat(taken.statusCode()).as(taken.body()).isEqualTo(202);
    assertThat(json(taken).path("buckets").asInt()).isEqualTo(1);
    var line = awaitLine(day, model);
    assertThat(line.path("provider").path("cost").asString()).isEqualTo("0.1200000000001");
    assertThat(line.path("provider").path("inputTokens").isNull()).isTrue();
    assertThat(line.path("ours").path("cost").asString()).isEqualTo("0");
    assertThat(line.path("difference").path("cost").asString()).isEqualTo("-0.1200000000001");
    assertThat(line.path("difference").path("share").asString()).isEqualTo("1");
    assertThat(line.path("state").asString()).isEqualTo("differs");
    assertThat(line.path("coverage").isNull()).isTrue();
  }

  @Test
  void the_provider_is_asked_for_a_day_and_its_figures_are_those_of_its_own_books()
      throws Exception {
    var simulator = TestingSystem.simulator();
    simulator.behave();
    try (var client = ChatClient.of("user1")) {
      var id = client.ask("s", "Reconcile this [[tokens=20]]");
      client.awaitEnd("s");
      TestingSystem.ledger().awaitEntries(id, 1);
    }
    var day = LocalDate.now(ZoneOffset.UTC);
    var taken = finance.post(PATH + "/fetch?day=" + day, "");
    assertThat(taken.statusCode()).as(taken.body()).isEqualTo(202);
    var line =
        await()
            .atMost(SOON)
            .until(
                () -> line(day, "gpt-4o-mini"),
                it -> it.path("provider").path("outputTokens").isNumber());
    long output =
        simulator.calls().stream()
            .filter(call -> call.path("model").asString("").equals("gpt-4o-mini"))
            .filter(call -> call.path("status").asInt() == 200)
            .mapToLong(call -> call.path("output_tokens").asLong())
            .sum();
    assertThat(line.path("provider").path("outputTokens").asLong()).isEqualTo(output);
    assertThat(line.path("provider").path("cost").asString()).matches("0\\.\\d+");
    assertThat(line.path("ours").path("outputTokens").asLong()).isPositive();
    assertThat(line.path("state").asString()).isIn("agrees", "differs");
    assertThat(line.path("models").path(0).asString()).isEqualTo("gpt-4o-mini");
  }

  @ParameterizedTest(name = "{1} {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          invalid_value | import | {"object":"list"}
          invalid_value | import | no json
          invalid_value | import | {"data":[]}
          invalid_value | import | {"data":[{"start_time":4102444800,"end_time":4102531200,"results":[]}]}
          invalid_value | fetch?day=tomorrow | ``
          invalid_value | fetch?day=2100-01-01 | ``
          missing_required_parameter | fetch | ``
          """)
  void what_makes_no_sense_is_refused_with_a_sentence(String code, String path, String body) {
    var answer = finance.post(PATH + "/" + path, body);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(TestingSystem.error(answer).path("code").asString()).isEqualTo(code);
    assertThat(TestingSystem.error(answer).path("message").asString()).isNotBlank();
  }

  @Test
  void it_wants_a_period_and_the_role_and_a_page_of_some_size() {
    assertThat(code(finance.get(PATH))).isEqualTo("period_required");
    var user = HttpCaller.of("user1");
    assertThat(user.get(PATH).statusCode()).isEqualTo(403);
    assertThat(user.post(PATH + "/import", "{}").statusCode()).isEqualTo(403);
    assertThat(user.post(PATH + "/fetch?day=2026-01-01", "").statusCode()).isEqualTo(403);
    assertThat(code(finance.post(PATH + "/import", " ".repeat((4 << 20) + 1))))
        .isEqualTo("request_too_large");
  }

  private JsonNode awaitLine(LocalDate day, String model) {
    return await().atMost(SOON).until(() -> line(day, model), line -> !line.isMissingNode());
  }

  private JsonNode line(LocalDate day, String model) {
    var answer = finance.get(PATH + "?from=%s&to=%s".formatted(day, day.plusDays(1)));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(json(answer).path("threshold").asString()).isEqualTo("0.01");
    for (var line : json(answer).path("days"))
      if (line.path("model").asString().equals(model)) return line;
    return TestingSystem.JSON.missingNode();
  }

  private static String code(HttpResponse<String> answer) {
    return TestingSystem.error(answer).path("code").asString();
  }
}
