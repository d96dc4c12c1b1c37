package dev.sluice.systemtests;

import static dev.sluice.systemtests.HttpCaller.json;
import static dev.sluice.systemtests.HttpCaller.question;
import static dev.sluice.systemtests.TestingSystem.error;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.math.BigDecimal;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Finance caps a project while everything runs. */
class SpendCapTest {
  private final HttpCaller finance = HttpCaller.of("finance");
  private final HttpCaller user = HttpCaller.of("user1");

  /** With all that a path cannot hold. */
  private final String project = "/capped/a;b=c \\ 100% & + ü ? # ../" + UUID.randomUUID();

  private final String path =
      "/api/finance/caps/project/day?subject=" + URLEncoder.encode(project, UTF_8);

  @Test
  void a_cap_holds_on_every_instance_within_a_second_and_shows_what_was_spent() {
    var elsewhere = user.elsewhere();
    assertThat(put(path, "{\"soft\":\"0.50\",\"hard\":\"1.00\"}").statusCode()).isEqualTo(200);
    var answered = ask(elsewhere);
    assertThat(answered.statusCode()).isEqualTo(200);
    var cost =
        TestingSystem.ledger()
            .awaitEntries(json(answered).path("id").asString(), 1)
            .getFirst()
            .cost();
    await()
        .atMost(ofSeconds(20))
        .untilAsserted(() -> {
          var cap = cap();
          assertThat(money(cap, "settled")).isEqualByComparingTo(cost);
          assertThat(money(cap, "reserved")).isZero();
          assertThat(cap.path("hard").asString()).isEqualTo("1");
          assertThat(cap.path("periodEnd").asString()).endsWith("T00:00:00Z");
          assertThat(cap.path("setBy").asString()).isEqualTo("finance");
        });

    var tiny = json(put(path, "{\"soft\":\"0.0000000000\",\"hard\":\"0.0000000001\"}"));
    assertThat(tiny.path("soft").asString()).isEqualTo("0");
    assertThat(tiny.path("hard").asString()).isEqualTo("0.0000000001");
    await()
        .atMost(ofSeconds(1))
        .untilAsserted(() -> {
          var refused = ask(elsewhere);
          assertThat(refused.statusCode()).isEqualTo(429);
          assertThat(error(refused).path("type").asString()).isEqualTo("insufficient_quota");
          assertThat(error(refused).path("code").asString()).isEqualTo("spend_cap_reached");
          assertThat(refused.headers().firstValue("x-should-retry")).hasValue("false");
        });

    var removed = finance.delete(path);
    assertThat(removed.statusCode()).isEqualTo(204);
    assertThat(ask(user).statusCode()).isEqualTo(200);
    assertThat(cap().isMissingNode()).isTrue();
    assertThat(finance.delete(path).statusCode()).isEqualTo(404);
    assertAudited();
  }

  private void assertAudited() {
    var setting = "spend-cap/project/day/" + project;
    var audit = HttpCaller.of("ops");
    await()
        .atMost(ofSeconds(20))
        .untilAsserted(() -> {
          var changes = json(audit.get("/api/ops/audit")).path("changes").valueStream();
          var ours = changes.filter(it -> it.path("setting").asString().equals(setting)).toList();
          assertThat(ours).hasSize(3);
          assertThat(ours.getFirst().path("to").isNull()).isTrue();
          assertThat(ours.get(1).path("to").path("soft").asString()).isEqualTo("0.0000000000");
          assertThat(ours.get(1).path("to").path("hard").asString()).isEqualTo("0.0000000001");
          assertThat(ours.getLast().path("to").path("hard").asString()).isEqualTo("1.00");
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "team/day?subject=red   | {\"hard\":\"-1\"}                     | invalid_value",
        "team/day?subject=red   | {\"hard\":\"1.00000000001\"}          | invalid_value",
        "team/day?subject=red   | {\"hard\":\"1e3\"}                    | invalid_value",
        "team/day?subject=red   | {\"hard\":\"999999999\"}              | invalid_value",
        "team/day?subject=red   | {\"hard\":100}                        | invalid_type",
        "team/day?subject=red   | {\"soft\":\"2\",\"hard\":\"1\"}       | invalid_value",
        "team/day?subject=red   | {\"soft\":null,\"hard\":null}         | missing_required_parameter",
        "team/day?subject=red   | {\"hart\":\"1\"}                      | unsupported_parameter",
        "team/day?subject=red   | []                                    | invalid_json",
        "team/day?subject=red   | no json                               | invalid_json",
        "company/day?subject=red | {\"hard\":\"1\"}                      | invalid_value",
        "team/year?subject=red  | {\"hard\":\"1\"}                      | invalid_value",
        "team/day?subject=%20   | {\"hard\":\"1\"}                      | invalid_value",
        "team/day               | {\"hard\":\"1\"}                      | missing_required_parameter"
      })
  void a_cap_that_makes_no_sense_is_refused(String cap, String body, String code) {
    var refused = put("/api/finance/caps/" + cap, body);
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(error(refused).path("code").asString()).isEqualTo(code);
  }

  @Test
  void caps_are_for_finance_alone() {
    assertThat(user.get("/api/finance/caps").statusCode()).isEqualTo(403);
    assertThat(HttpCaller.of("ops").delete(path).statusCode()).isEqualTo(403);
  }

  private HttpResponse<String> ask(HttpCaller who) {
    var metadata = TestingSystem.JSON.createObjectNode().put("project", project).toString();
    return who.post(
        "/v1/responses",
        question("What is a tide?", "metadata", metadata, "max_output_tokens", "50"));
  }

  private HttpResponse<String> put(String at, String body) {
    return TestingSystem.send(finance.request(at).PUT(BodyPublishers.ofString(body)).build());
  }

  private JsonNode cap() {
    return json(finance.elsewhere().get("/api/finance/caps"))
        .path("caps")
        .valueStream()
        .filter(cap -> cap.path("subject").asString().equals(project))
        .findFirst()
        .orElse(TestingSystem.JSON.missingNode());
  }

  private static BigDecimal money(JsonNode cap, String field) {
    return new BigDecimal(cap.path(field).asString());
  }
}
