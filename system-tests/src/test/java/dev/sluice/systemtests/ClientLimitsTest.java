package dev.sluice.systemtests;

import static dev.sluice.systemtests.HttpCaller.json;
import static dev.sluice.systemtests.HttpCaller.question;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a client sees of its limit, its place in the queue, and requests that it sends twice. */
class ClientLimitsTest {
  private static final String RESPONSES = "/v1/responses";
  private static final String SLOW_POOL = "gpt-35-turbo";

  private final Simulator simulator = TestingSystem.simulator();
  private final HttpCaller user = HttpCaller.of("user1");
  private final HttpCaller ops = HttpCaller.of("ops");

  @BeforeEach
  @AfterEach
  void behave() {
    simulator.behave();
  }

  /** The account {@code finance} may ask three times in ten minutes here. */
  @Test
  void who_asks_too_often_is_told_when_to_come_again_and_nobody_else_notices() {
    var limited = HttpCaller.of("finance");
    var answers = new ArrayList<HttpResponse<String>>();
    for (int i = 0; i < 4; i++) answers.add(limited.post(RESPONSES, question("hello")));
    assertThat(answers.stream().map(HttpResponse::statusCode)).containsExactly(200, 200, 200, 429);
    assertThat(answers.stream().map(it -> header(it, "x-ratelimit-remaining-requests")))
        .containsExactly("2", "1", "0", "0");
    var refused = answers.getLast();
    assertThat(TestingSystem.error(refused).path("code").asString())
        .isEqualTo("user_limit_exceeded");
    assertThat(Long.parseLong(header(refused, "retry-after"))).isBetween(100L, 200L);
    assertThat(user.post(RESPONSES, question("hello")).statusCode()).isEqualTo(200);
    try (var client = ChatClient.of("finance")) {
      client.send(ChatClient.question("s", "hello"));
      var error = client.awaitType("error");
      assertThat(error.path("error").path("code").asString()).isEqualTo("user_limit_exceeded");
      assertThat(error.path("headers").path("retry-after").asString()).isNotBlank();
    }
  }

  @Test
  void a_request_that_is_sent_twice_with_one_idempotency_key_is_one_request() {
    var key = UUID.randomUUID().toString();
    var first = keyed(key, question("hello"));
    var again = keyed(key, question("hello"));
    assertThat(again.statusCode()).as(again.body()).isEqualTo(200);
    assertThat(json(again)).isEqualTo(json(first));
    var id = json(first).path("id").asString();
    assertThat(simulator.audit(id)).hasSize(1);
    var other = keyed(key, question("something else"));
    assertThat(other.statusCode()).isEqualTo(400);
    assertThat(TestingSystem.error(other).path("code").asString())
        .isEqualTo("idempotency_key_reused");
  }

  private HttpResponse<String> keyed(String key, String body) {
    return TestingSystem.send(
        user.request(RESPONSES)
            .header("Idempotency-Key", key)
            .POST(BodyPublishers.ofString(body))
            .build());
  }

  @Test
  void who_waits_is_told_its_place_until_its_turn_comes() {
    var limit = "{\"rpm\":30}";
    assertThat(put("/api/ops/budget/" + SLOW_POOL, limit).statusCode()).isEqualTo(200);
    Metrics.awaitLimit(SLOW_POOL, "RPM", 30);
    try (var client = ChatClient.of("user1")) {
      // An idle pool may spend a fifth of a minute at once: six of them
      for (int i = 0; i < 11; i++) client.send(slow("s" + i, true));
      client.awaitQueued(11);
      client.send(slow("s11", true));
      client.send(slow("quiet", false));
      var end = client.awaitEnd("s11");
      assertThat(end.path("type").asString()).isEqualTo("response.completed");
      var places = places(client, "s11");
      assertThat(places).hasSizeGreaterThan(1).isSortedAccordingTo((a, b) -> Long.compare(b, a));
      var events = client.events("s11");
      var types = events.stream().map(it -> it.path("type").asString()).toList();
      assertThat(types.getFirst()).isEqualTo("response.queued");
      // Not another word of it once the answer has begun
      assertThat(types.lastIndexOf("sluice.queue")).isLessThan(types.indexOf("response.created"));
      var place =
          client.awaitFrame(frame ->
              frame.path("type").asString().equals("sluice.queue")
                  && frame.path("position").asLong() > 0);
      assertThat(place.path("limiting_factor").asString()).isEqualTo("RPM");
      assertThat(place.path("eta_ms").asLong()).isPositive();
      assertThat(place.has("sequence_number")).isFalse();
      assertThat(places(client, "quiet")).isEmpty();
      assertThat(events.getFirst().path("sluice").path("position").asLong()).isPositive();
    } finally {
      ops.delete("/api/ops/budget/" + SLOW_POOL);
    }
  }

  private static List<Long> places(ChatClient client, String stream) {
    return client.events(stream).stream()
        .filter(event -> event.path("type").asString().equals("sluice.queue"))
        .map(event -> event.path("position").asLong())
        .toList();
  }

  private static String slow(String stream, boolean progress) {
    return "{\"type\":\"response.create\",\"stream_id\":\"%s\",\"model\":\"gpt-3.5-turbo\",\"input\":\"hi\",\"sluice\":{\"progress\":%b}}"
        .formatted(stream, progress);
  }

  @Test
  void a_conversation_that_was_shortened_says_so() {
    var turns = new ArrayList<String>();
    for (int i = 0; i < 12; i++) {
      turns.add("{\"role\":\"user\",\"content\":\"%s\"}".formatted("long ago ".repeat(1_000)));
      turns.add("{\"role\":\"assistant\",\"content\":\"I see.\"}");
    }
    turns.add("{\"role\":\"user\",\"content\":\"And now?\"}");
    var body = "{\"model\":\"gpt-3.5-turbo\",\"input\":[%s]}".formatted(String.join(",", turns));
    var answer = user.post(RESPONSES, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(Long.parseLong(header(answer, "x-sluice-dropped-items"))).isPositive();
    JsonNode usage = json(answer).path("usage");
    assertThat(usage.path("input_tokens").asLong()).isLessThan(16_385);
  }

  private HttpResponse<String> put(String path, String body) {
    return TestingSystem.send(ops.request(path).PUT(BodyPublishers.ofString(body)).build());
  }

  private static String header(HttpResponse<String> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }
}
