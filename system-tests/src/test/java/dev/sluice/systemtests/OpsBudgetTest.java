package dev.sluice.systemtests;

import static dev.sluice.systemtests.TestingSystem.JSON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Operators change the limits of a pool while everything runs. */
class OpsBudgetTest {
  private static final String POOL = "/api/ops/budget/gpt-4o";

  private final String ops = TestingSystem.token("ops");
  private final Metrics worker = new Metrics(TestingSystem.stack().worker(1).url());

  @AfterEach
  void reset() {
    send("DELETE", POOL, "", ops);
    await().atMost(Duration.ofSeconds(10)).until(() -> limit("TPM") == 30_000_000);
  }

  @Test
  void a_limit_is_in_force_on_the_workers_at_once_and_audited() {
    var answer = send("PUT", POOL, "{\"tpm\":45000,\"tpd\":900000}", ops);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    await().atMost(Duration.ofSeconds(5)).until(() -> limit("TPM") == 45_000);
    assertThat(limit("RPM")).isEqualTo(10_000);
    var change =
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> newest(), found -> found.path("to").path("tpm").asLong() == 45_000);
    assertThat(change.path("by").asString()).isEqualTo("ops");
    assertThat(change.path("setting").asString()).isEqualTo("pool-limits/gpt-4o");
    assertThat(change.path("at").asString()).isNotBlank();
  }

  @Test
  void admission_refuses_by_the_new_limit() {
    send("PUT", POOL, "{\"tpm\":1000}", ops);
    try (var client = ChatClient.of("user1")) {
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> {
            client.forget();
            client.send(
                "{\"type\":\"response.create\",\"model\":\"gpt-4o\",\"input\":\"Hi\",\"max_output_tokens\":1001}");
            var end =
                client.awaitFrame(frame ->
                    frame.path("type").asString().equals("error")
                        || ChatClient.TERMINAL.contains(frame.path("type").asString()));
            return end.path("error").path("code").asString("").equals("tokens_exceed_limit");
          });
    }
  }

  @Test
  void a_value_that_makes_no_sense_is_refused_with_a_sentence() {
    assertThat(code(send("PUT", POOL, "{\"tpm\":0}", ops))).isEqualTo("invalid_value");
    assertThat(code(send("PUT", POOL, "{\"rpd\":1}", ops))).isEqualTo("invalid_value");
    assertThat(code(send("PUT", POOL, "{\"tpm\":100000000000}", ops))).isEqualTo("invalid_value");
    assertThat(code(send("PUT", "/api/ops/budget/none", "{\"tpm\":1}", ops)))
        .isEqualTo("not_found");
    assertThat(code(send("PUT", POOL, "no json", ops))).isEqualTo("invalid_json");
  }

  @Test
  void it_is_for_operators_alone() {
    assertThat(send("PUT", POOL, "{\"tpm\":1}", TestingSystem.token("user1")).statusCode())
        .isEqualTo(403);
    assertThat(send("GET", "/api/ops/audit", "", TestingSystem.token("user1")).statusCode())
        .isEqualTo(403);
  }

  private double limit(String bandwidth) {
    return worker.value(
        "sluice_budget_limit", "pool=\"gpt-4o\"", "bandwidth=\"" + bandwidth + "\"");
  }

  private JsonNode newest() {
    return JSON.readTree(send("GET", "/api/ops/audit", "", ops).body()).path("changes").path(0);
  }

  private static String code(HttpResponse<String> answer) {
    return TestingSystem.error(answer).path("code").asString();
  }

  private static HttpResponse<String> send(String method, String path, String body, String token) {
    return TestingSystem.send(
        HttpRequest.newBuilder(URI.create(TestingSystem.url() + path))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body))
            .build());
  }
}
