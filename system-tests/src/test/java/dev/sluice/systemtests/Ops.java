package dev.sluice.systemtests;

import static dev.sluice.systemtests.TestingSystem.JSON;
import static java.time.Duration.ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.localstack.Part;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** An operator. */
final class Ops {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String api;
  private final String token = TestingSystem.token("ops");

  /** At the first api. */
  Ops() {
    this(TestingSystem.url());
  }

  Ops(String api) {
    this.api = api;
  }

  /** What it answers with 200. */
  JsonNode ask(String method, String path, String body) {
    var answer = send(method, path, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  /** The code with which it is refused. */
  String refusal(String method, String path, String body) {
    var error = TestingSystem.error(send(method, path, body));
    assertThat(error.path("message").asString()).isNotBlank();
    return error.path("code").asString();
  }

  HttpResponse<String> send(String method, String path, String body) {
    return TestingSystem.send(
        HttpRequest.newBuilder(URI.create(api + path))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body))
            .build());
  }

  JsonNode overview() {
    return ask("GET", "/api/ops/overview", "");
  }

  JsonNode lane(String name) {
    return one(overview().path("lanes"), "lane", name);
  }

  JsonNode worker(Part worker) {
    return one(overview().path("workers"), "id", worker.name());
  }

  /** Does not wait until the worker has heard of it. */
  void setDrain(Part worker, boolean drain) {
    ask("PUT", "/api/ops/workers/" + worker.name() + "/drain", "{\"drain\":%s}".formatted(drain));
  }

  void drain(Part worker, boolean drain) {
    setDrain(worker, drain);
    awaitState(worker, drain ? "drained" : "running");
  }

  /** Does not wait until it is seen. */
  void setPaused(String lane, boolean paused) {
    ask("PUT", "/api/ops/lanes/" + lane + "/paused", "{\"paused\":%s}".formatted(paused));
  }

  void pause(String lane, boolean pause) {
    setPaused(lane, pause);
    await()
        .pollDelay(ZERO)
        .atMost(PATIENCE)
        .until(() -> lane(lane).path("paused").asBoolean() == pause);
  }

  void awaitState(Part worker, String state) {
    await()
        .pollDelay(ZERO)
        .atMost(PATIENCE)
        .until(() -> worker(worker).path("state").asString("").equals(state));
  }

  /** The dead letters of a request. */
  List<JsonNode> letters(String requestId) {
    var letters = ask("GET", "/api/ops/dead-letters", "").path("dead_letters");
    return StreamSupport.stream(letters.spliterator(), false)
        .filter(letter -> letter.path("request_id").asString("").equals(requestId))
        .toList();
  }

  /** The one whose field has that value; empty if there is none. */
  static JsonNode one(JsonNode all, String name, String value) {
    for (var each : all) if (each.path(name).asString().equals(value)) return each;
    return JSON.createObjectNode();
  }
}
