package dev.sluice.systemtests;

import static dev.sluice.systemtests.HttpCaller.json;
import static dev.sluice.systemtests.HttpCaller.question;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What a client sees of its limit, its place in the queue, and requests that it sends twice. */
class ClientLimitsTest {
  private static final String RESPONSES = "/v1/responses";
  private static final String SLOW_POOL = "gpt-35-turbo";
  private static final String SLOW_LANE = SLOW_POOL + ".interactive";

  private final Simulator simulator = TestingSystem.simulator();
  private final HttpCaller user = HttpCaller.of("user1");
  private final HttpCaller ops = HttpCaller.of("ops");
  private final Ops operator = new Ops();

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
  void a_connection_has_16_responses_at_once_and_64_that_wait_for_their_turn() {
    simulator.latency(1_500, 1);
    try (var client = ChatClient.of("user1")) {
      for (int i = 0; i < 16 + 64; i++) client.send(ChatClient.question("s" + i % 20, "hello"));
      client.send(ChatClient.question("too-many", "hello"));
      var refusal = client.awaitType("error");
      assertThat(refusal.path("stream_id").asString()).isEqualTo("too-many");
      assertThat(refusal.path("error").path("code").asString()).isEqualTo("too_many_responses");
      await().atMost(Duration.ofSeconds(60)).until(() -> ends(client) == 16 + 64);
      client.ask("too-many", "hello");
      assertThat(client.awaitEnd("too-many").path("type").asString())
          .isEqualTo("response.completed");
    }
  }

  private static long ends(ChatClient client) {
    return client.frames().stream()
        .filter(frame -> frame.path("type").asString().equals("response.completed"))
        .count();
  }

  @ParameterizedTest(name = "store: {0}")
  @ValueSource(strings = {"true", "false"})
  void a_request_that_is_sent_twice_with_one_idempotency_key_is_one_request(String store) {
    var key = UUID.randomUUID().toString();
    var first = keyed(key, question("hello", "store", store));
    var again = keyed(key, question("hello", "store", store));
    assertThat(again.statusCode()).as(again.body()).isEqualTo(200);
    assertThat(json(again)).isEqualTo(json(first));
    var id = json(first).path("id").asString();
    assertThat(simulator.audit(id)).hasSize(1);
    var other = keyed(key, question("something else"));
    assertThat(other.statusCode()).isEqualTo(400);
    assertThat(TestingSystem.error(other).path("code").asString())
        .isEqualTo("idempotency_key_reused");
  }

  @Test
  void the_key_of_a_cancelled_request_brings_a_new_answer() {
    simulator.latency(200, 50);
    var key = UUID.randomUUID().toString();
    var body = question("Tell me a story [[tokens=100]]", "background", "true");
    var first = json(keyed(key, body)).path("id").asString();
    assertThat(json(keyed(key, body)).path("id").asString()).isEqualTo(first);
    assertThat(user.post(RESPONSES + "/" + first + "/cancel", "").statusCode()).isEqualTo(200);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> !json(keyed(key, body)).path("id").asString().equals(first));
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
                  && frame.path("eta_ms").asLong() > 0);
      assertThat(place.path("limiting_factor").asString()).isEqualTo("RPM");
      assertThat(place.path("position").asLong(-1)).isNotNegative();
      assertThat(place.has("sequence_number")).isFalse();
      assertThat(places(client, "quiet")).isEmpty();
      assertThat(events.getFirst().path("sluice").path("position").asLong()).isPositive();
    } finally {
      ops.delete("/api/ops/budget/" + SLOW_POOL);
    }
  }

  @Test
  void who_waits_in_a_paused_lane_is_told_that_nobody_knows_for_how_long() {
    operator.pause(SLOW_LANE, true);
    try (var client = ChatClient.of("user1")) {
      client.send(slow("p", true));
      var told = client.awaitFrame(frame -> frame.path("sluice").has("eta_ms")).path("sluice");
      assertThat(told.path("eta_ms").isNull()).isTrue();
      assertThat(told.path("limiting_factor").asString()).isEqualTo("PAUSED");
      operator.pause(SLOW_LANE, false);
      assertThat(client.awaitEnd("p").path("type").asString()).isEqualTo("response.completed");
    } finally {
      operator.pause(SLOW_LANE, false);
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
