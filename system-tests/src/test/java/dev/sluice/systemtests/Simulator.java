package dev.sluice.systemtests;

import static dev.sluice.systemtests.TestingSystem.JSON;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The simulator's control API. */
record Simulator(String url) {
  /** The faults for the requests to come; replaces earlier ones. */
  void faults(String json) {
    put("/simulator/faults", "{\"faults\":[" + json + "]}");
  }

  void latency(int firstTokenMs, int betweenTokensMs) {
    put(
        "/simulator/latency",
        "{\"first_token_ms\":%d,\"between_tokens_ms\":%d,\"jitter_ms\":0}"
            .formatted(firstTokenMs, betweenTokensMs));
  }

  /** Back to a quick provider that does what it is asked. */
  void behave() {
    faults("");
    latency(20, 2);
  }

  /** What the provider saw of a request: one line for each call, in the order of arrival. */
  List<JsonNode> audit(String responseId) {
    return calls().stream()
        .filter(call -> call.path("client_request_id").asString("").startsWith(responseId + "/"))
        .toList();
  }

  /** What the provider saw of all requests. */
  List<JsonNode> calls() {
    return TestingSystem.get(url + "/audit/requests").body().lines().map(JSON::readTree).toList();
  }

  private void put(String path, String body) {
    var response =
        TestingSystem.send(
            HttpRequest.newBuilder(URI.create(url + path))
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(body))
                .build());
    assertThat(response.statusCode()).as(response.body()).isLessThan(300);
  }
}
