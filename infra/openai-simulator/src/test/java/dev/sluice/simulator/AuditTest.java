package dev.sluice.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AuditTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final OpenAiSimulator simulator =
      OpenAiSimulator.start(
          SimulatorOptions.defaults()
              .withLatency(0, 0, 0)
              .withTime(InstantSource.fixed(NOW), System::nanoTime));
  private final TestingClient client = new TestingClient(simulator);

  @AfterEach
  void stop() {
    client.close();
    simulator.close();
  }

  @Test
  void a_line_tells_all_that_a_ledger_can_be_compared_with() {
    client.post(
        "/v1/responses",
        "{\"model\":\"gpt-4o-mini-2024-07-18\",\"service_tier\":\"flex\",\"max_output_tokens\":50,"
            + "\"input\":\"A secret [[tokens=7]] [[cached=3]]\"}",
        "Authorization",
        "Bearer sk-test",
        "X-Client-Request-Id",
        "resp_1/2");

    assertThat(client.get("/audit/requests").body())
        .isEqualTo(
            """
            {"received_at":"2026-01-01T00:00:00Z","endpoint":"/v1/responses","model":"gpt-4o-mini-2024-07-18","client_request_id":"resp_1/2","outcome":"completed","status":200,"error_code":null,"input_tokens":16,"cached_tokens":3,"output_tokens":7,"service_tier":"flex","charged_tokens":50}
            """);
  }

  @Test
  void an_unauthorised_request_is_received_too() {
    client.post("/v1/responses", "{}");

    var line = client.audit().getFirst();
    assertThat(line.path("outcome").asString()).isEqualTo("refused");
    assertThat(line.path("status").asInt()).isEqualTo(401);
    assertThat(line.get("model").isNull()).isTrue();
  }

  @Test
  void a_client_that_leaves_is_cancelled_and_billed_for_what_was_streamed() throws Exception {
    simulator.setLatency("{\"between_tokens_ms\":1}");
    try (var stream =
        client.open("{\"model\":\"gpt-4o\",\"stream\":true,\"input\":\"[[tokens=20000]]\"}")) {
      stream.readNBytes(5_000);
      assertThat(client.audit().getFirst().path("outcome").asString()).isEqualTo("admitted");
    }

    TestingClient.await(
        () -> client.audit().getFirst().path("outcome").asString().equals("cancelled"));
    assertThat(client.audit().getFirst().path("output_tokens").asInt()).isBetween(1, 19_999);
  }

  @Test
  void deleting_the_audit_starts_it_afresh() {
    client.responses("{\"model\":\"gpt-4o\",\"input\":\"x\"}");

    client.delete("/audit/requests");

    assertThat(client.audit()).isEmpty();
  }
}
