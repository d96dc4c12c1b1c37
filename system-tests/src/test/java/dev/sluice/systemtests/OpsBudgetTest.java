package dev.sluice.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Operators change the limits of a pool while everything runs. */
class OpsBudgetTest {
  private static final String POOL = "/api/ops/budget/gpt-4o";

  private final Ops ops = new Ops();
  private final Metrics worker = new Metrics(TestingSystem.stack().worker(1).url());

  @AfterEach
  void reset() {
    ops.ask("DELETE", POOL, "");
    await().atMost(Duration.ofSeconds(10)).until(() -> limit("TPM") == 30_000_000);
  }

  @Test
  void a_limit_is_in_force_on_the_workers_at_once_and_audited() {
    ops.ask("PUT", POOL, "{\"tpm\":45000,\"tpd\":900000}");
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
    ops.ask("PUT", POOL, "{\"tpm\":1000}");
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
    assertThat(ops.refusal("PUT", POOL, "{\"tpm\":0}")).isEqualTo("invalid_value");
    assertThat(ops.refusal("PUT", POOL, "{\"rpd\":1}")).isEqualTo("invalid_value");
    assertThat(ops.refusal("PUT", POOL, "{\"tpm\":100000000000}")).isEqualTo("invalid_value");
    assertThat(ops.refusal("PUT", "/api/ops/budget/none", "{\"tpm\":1}")).isEqualTo("not_found");
    assertThat(ops.refusal("PUT", POOL, "no json")).isEqualTo("invalid_json");
  }

  @Test
  void it_is_for_operators_alone() {
    var user = HttpCaller.of("user1");
    var limit = user.request(POOL).PUT(BodyPublishers.ofString("{\"tpm\":1}")).build();
    assertThat(TestingSystem.send(limit).statusCode()).isEqualTo(403);
    assertThat(user.get("/api/ops/audit").statusCode()).isEqualTo(403);
  }

  private double limit(String bandwidth) {
    return worker.value(
        "sluice_budget_limit", "pool=\"gpt-4o\"", "bandwidth=\"" + bandwidth + "\"");
  }

  private JsonNode newest() {
    return ops.ask("GET", "/api/ops/audit", "").path("changes").path(0);
  }
}
