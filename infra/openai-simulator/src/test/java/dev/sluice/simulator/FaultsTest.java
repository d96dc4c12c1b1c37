package dev.sluice.simulator;

import static dev.sluice.simulator.TestingClient.events;
import static dev.sluice.simulator.TestingClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FaultsTest {
  private static final String STREAMING =
      "{\"model\":\"gpt-4o-mini\",\"stream\":true,\"input\":\"Hello [[tokens=6]]\"}";
  private static final String WHOLE =
      "{\"model\":\"gpt-4o-mini\",\"input\":\"Hello [[tokens=6]]\"}";

  private final OpenAiSimulator simulator =
      OpenAiSimulator.start(SimulatorOptions.defaults().withLatency(0, 0, 0));
  private final TestingClient client = new TestingClient(simulator);

  @AfterEach
  void stop() {
    client.close();
    simulator.close();
  }

  @ParameterizedTest
  @CsvSource({
    "rate_limit,         429, rate_limit_exceeded,     refused",
    "slow_down,          429, slow_down,               refused",
    "insufficient_quota, 429, insufficient_quota,      refused",
    "bad_key,            401, invalid_api_key,         refused",
    "context_length,     400, context_length_exceeded, refused",
    "server_error,       500, server_error,            failed",
    "overloaded,         503, server_is_overloaded,    failed"
  })
  void an_error_on_demand_has_its_status_and_code_once(
      String kind, int status, String code, String outcome) {
    fault("\"kind\":\"" + kind + "\"");

    var response = client.responses(STREAMING);

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(json(response).at("/error/code").asString()).isEqualTo(code);
    var line = client.audit().getFirst();
    assertThat(line.path("outcome").asString()).isEqualTo(outcome);
    assertThat(line.path("status").asInt()).isEqualTo(status);
    assertThat(line.path("error_code").asString()).isEqualTo(code);
    assertThat(client.responses(STREAMING).statusCode()).isEqualTo(200);
  }

  @Test
  void a_rate_limit_says_how_long_to_wait() {
    fault("\"kind\":\"rate_limit\",\"retry_after_ms\":2500");

    var headers = client.responses(STREAMING).headers();

    assertThat(headers.firstValue("retry-after-ms")).contains("2500");
    assertThat(headers.firstValue("retry-after")).contains("3");
  }

  @Test
  void status_and_code_can_be_chosen() {
    fault("\"kind\":\"insufficient_quota\",\"code\":\"credit_balance_exhausted\"");
    assertThat(json(client.responses(WHOLE)).at("/error/code").asString())
        .isEqualTo("credit_balance_exhausted");

    fault("\"kind\":\"server_error\",\"status\":502");
    assertThat(client.responses(WHOLE).statusCode()).isEqualTo(502);
  }

  @Test
  void faults_apply_in_order_to_as_many_requests_as_asked() {
    simulator.setFaults(
        "{\"faults\":[{\"kind\":\"server_error\",\"times\":2},{\"kind\":\"overloaded\"}]}");

    assertThat(client.responses(WHOLE).statusCode()).isEqualTo(500);
    assertThat(client.responses(WHOLE).statusCode()).isEqualTo(500);
    assertThat(client.responses(WHOLE).statusCode()).isEqualTo(503);
    assertThat(client.responses(WHOLE).statusCode()).isEqualTo(200);
  }

  @Test
  void a_fault_is_for_its_model_and_prompt_alone() {
    fault("\"kind\":\"server_error\",\"model\":\"gpt-4o\"");
    assertThat(client.responses(WHOLE).statusCode()).isEqualTo(200);

    fault("\"kind\":\"server_error\",\"match\":\"Goodbye\"");
    assertThat(client.responses(WHOLE).statusCode()).isEqualTo(200);
    assertThat(client.responses(WHOLE.replace("Hello", "Goodbye")).statusCode()).isEqualTo(500);
  }

  @Test
  void an_empty_list_clears_them() {
    fault("\"kind\":\"server_error\",\"times\":9");
    client.put("/simulator/faults", "{\"faults\":[]}");

    assertThat(client.responses(WHOLE).statusCode()).isEqualTo(200);
  }

  @Test
  void a_fault_waits_for_a_request_that_the_limits_admit() {
    fault("\"kind\":\"server_error\"");

    client.responses("{\"model\":\"gpt-4o\",\"input\":\"x\",\"max_output_tokens\":40000}");

    assertThat(client.responses(WHOLE).statusCode()).isEqualTo(500);
  }

  @ParameterizedTest
  @ValueSource(strings = {STREAMING, WHOLE})
  void a_cut_truncates_the_answer(String body) {
    fault("\"kind\":\"cut\",\"at_token\":3");

    assertThatThrownBy(() -> client.responses(body)).isInstanceOf(UncheckedIOException.class);

    TestingClient.await(() -> outcome().equals("cut"));
  }

  @Test
  void a_cut_stream_has_exactly_the_tokens_before_the_cut_and_no_last_chunk() throws IOException {
    fault("\"kind\":\"cut\",\"at_token\":3");

    var received = client.receivedBytes(STREAMING);

    assertThat(received.split("event: response.output_text.delta")).hasSize(1 + 3);
    assertThat(received).endsWith("\"sequence_number\":6}\n\n\r\n").doesNotContain("\r\n0\r\n");
    assertThat(client.audit().getFirst().path("output_tokens").asInt()).isEqualTo(3);
  }

  @Test
  void a_malformed_event_is_no_json() {
    fault("\"kind\":\"malformed_event\",\"at_token\":2");

    var response = client.responses(STREAMING);

    assertThat(response.body()).endsWith("data: {\"type\":\"response.outp\n\n");
    assertThat(outcome()).isEqualTo("failed");
  }

  @Test
  void a_failed_event_ends_the_stream_with_the_error() {
    fault("\"kind\":\"failed_event\",\"at_token\":2,\"code\":\"rate_limit_exceeded\"");

    var last = events(client.responses(STREAMING)).getLast();

    assertThat(last.path("type").asString()).isEqualTo("response.failed");
    assertThat(last.at("/response/status").asString()).isEqualTo("failed");
    assertThat(last.at("/response/error/code").asString()).isEqualTo("rate_limit_exceeded");
    assertThat(client.audit().getFirst().path("output_tokens").asInt()).isEqualTo(2);
  }

  @Test
  void a_chat_stream_fails_with_an_error_chunk() {
    fault("\"kind\":\"failed_event\",\"at_token\":1");

    var response =
        client.chat(
            "{\"model\":\"gpt-4o\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");

    assertThat(events(response).getLast().at("/error/code").asString()).isEqualTo("server_error");
    assertThat(response.body()).doesNotContain("[DONE]");
  }

  @Test
  void a_hang_sends_nothing_until_its_time_is_over() {
    fault("\"kind\":\"hang\",\"ms\":20");

    assertThatThrownBy(() -> client.responses(STREAMING)).isInstanceOf(UncheckedIOException.class);

    TestingClient.await(() -> outcome().equals("cut"));
    assertThat(client.audit().getFirst().get("status").isNull()).isTrue();
  }

  @Test
  void a_hang_after_the_headers_has_a_status_and_no_token() throws Exception {
    fault("\"kind\":\"hang\",\"after_headers\":true,\"ms\":20");

    try (var stream = client.open(STREAMING)) {
      assertThatThrownBy(stream::readAllBytes).isInstanceOf(IOException.class);
    }

    assertThat(client.audit().getFirst().path("status").asInt()).isEqualTo(200);
    assertThat(client.audit().getFirst().path("output_tokens").asInt()).isZero();
  }

  @Test
  void a_slow_first_token_comes_later() {
    fault("\"kind\":\"slow_first_token\",\"ms\":60");
    var start = System.nanoTime();

    var response = client.responses(STREAMING);

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(60));
    assertThat(response.statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "nonsense",
        "{\"faults\":[{\"kind\":\"explode\"}]}",
        "{\"faults\":[{\"kind\":\"cut\",\"at\":3}]}",
        "{\"faults\":[{\"kind\":\"cut\",\"times\":0}]}",
        "{\"faults\":[{\"kind\":\"server_error\",\"status\":200}]}"
      })
  void a_plan_that_makes_no_sense_is_refused(String plan) {
    assertThat(client.put("/simulator/faults", plan).statusCode()).isEqualTo(400);
  }

  private String outcome() {
    return client.audit().getFirst().path("outcome").asString();
  }

  private void fault(String fields) {
    simulator.setFaults("{\"faults\":[{" + fields + "}]}");
  }
}
