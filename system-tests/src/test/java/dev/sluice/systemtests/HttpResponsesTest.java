package dev.sluice.systemtests;

import static dev.sluice.systemtests.HttpCaller.json;
import static dev.sluice.systemtests.HttpCaller.question;
import static dev.sluice.systemtests.TestingSystem.JSON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.UUID;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code /v1/responses} over plain HTTP. */
class HttpResponsesTest {
  private static final String CHAT = "/v1/chat/completions";
  private static final String CHAT_QUESTION =
      """
      {"model":"gpt-4o-mini","messages":[{"role":"user","content":"Once [[tokens=40]]"}]}\
      """;

  private static final String RESPONSES = "/v1/responses";

  private final Simulator simulator = TestingSystem.simulator();
  private final HttpCaller user = HttpCaller.of("user1");

  @BeforeEach
  void behave() {
    simulator.behave();
  }

  @Test
  void a_whole_answer_comes_as_json() {
    var answer = user.post(RESPONSES, question("Why is the sea salty? [[tokens=40]]"));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    var response = json(answer);
    assertThat(response.path("status").asString()).isEqualTo("completed");
    assertThat(response.path("usage").path("output_tokens").asLong()).isEqualTo(40);
    var id = response.path("id").asString();
    assertThat(answer.headers().firstValue("x-request-id")).contains(id);
    assertThat(TestingSystem.ledger().awaitEntries(id, 1).getFirst().outputTokens()).isEqualTo(40);
    assertThat(json(user.get(RESPONSES + "/" + id))).isEqualTo(response);
  }

  @Test
  void an_answer_streams_as_openai_frames_it() {
    try (var stream = user.stream(RESPONSES, question("hello", "stream", "true"))) {
      var end = stream.awaitEnd();
      assertThat(stream.status()).isEqualTo(200);
      assertThat(stream.header("content-type")).isEqualTo("text/event-stream;charset=utf-8");
      assertThat(end.path("type").asString()).isEqualTo("response.completed");
      assertThat(stream.header("x-request-id"))
          .isEqualTo(end.path("response").path("id").asString());
      var events = stream.events();
      // What OpenAI's own stream helpers expect; in the background OpenAI begins so too
      assertThat(events.getFirst().path("type").asString()).isEqualTo("response.created");
      assertThat(events.getFirst().path("response").path("status").asString()).isEqualTo("queued");
      assertThat(stream.sequence())
          .containsExactlyElementsOf(LongStream.range(0, events.size()).boxed().toList());
      for (int i = 0; i < events.size(); i++)
        assertThat(stream.lines().subList(3 * i, 3 * i + 3))
            .startsWith("event: " + events.get(i).path("type").asString())
            .endsWith("");
      assertThat(stream.lines()).hasSize(3 * events.size());
      assertThat(stream.text()).isEqualTo(ChatClient.wholeText(end));
    }
  }

  @Test
  void a_background_request_is_queued_at_once_and_runs_in_the_background_lane() {
    var metrics = new Metrics(TestingSystem.stack().worker(1).url());
    double before = metrics.value("sluice_intake_started_total", "priority=\"background\"");
    simulator.latency(1_000, 2);
    var queued = json(user.post(RESPONSES, question("hello", "background", "true")));
    assertThat(queued.path("status").asString()).isEqualTo("queued");
    assertThat(queued.path("background").asBoolean()).isTrue();
    var path = RESPONSES + "/" + queued.path("id").asString();
    var statuses = new java.util.LinkedHashSet<String>();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> {
          statuses.add(json(user.get(path)).path("status").asString());
          return statuses.contains("completed");
        });
    assertThat(statuses).containsAnyOf("queued", "in_progress");
    assertThat(metrics.value("sluice_intake_started_total", "priority=\"background\""))
        .isGreaterThan(before);
  }

  @Test
  void a_foreign_response_and_one_that_never_was_look_the_same() {
    var id = json(user.post(RESPONSES, question("hello"))).path("id").asString();
    var stranger = HttpCaller.of("user2");
    var never = "resp_" + "A".repeat(40);
    for (var path : new String[] {"", "?stream=true", "?stream=true&starting_after=3"}) {
      var foreign = stranger.get(RESPONSES + "/" + id + path);
      var absent = stranger.get(RESPONSES + "/" + never + path);
      assertThat(foreign.statusCode()).isEqualTo(404).isEqualTo(absent.statusCode());
      assertThat(foreign.body()).contains("response_not_found").isEqualTo(absent.body());
    }
    assertThat(stranger.post(RESPONSES + "/" + id + "/cancel", "").statusCode()).isEqualTo(404);
    assertThat(stranger.delete(RESPONSES + "/" + id).statusCode()).isEqualTo(404);
    assertThat(user.get(RESPONSES + "/" + id).statusCode()).isEqualTo(200);
  }

  @Test
  void a_response_is_cancelled_from_another_instance() {
    simulator.latency(50, 200);
    var queued =
        json(user.post(RESPONSES, question("A long one [[tokens=300]]", "background", "true")));
    var id = queued.path("id").asString();
    await().atMost(Duration.ofSeconds(30)).until(() -> !simulator.audit(id).isEmpty());
    var cancelled = user.elsewhere().post(RESPONSES + "/" + id + "/cancel", "");
    assertThat(cancelled.statusCode()).isEqualTo(200);
    assertThat(json(cancelled).path("status").asString())
        .as(cancelled.body())
        .isEqualTo("cancelled");
    awaitOutcome(id, "cancelled");
  }

  @Test
  void a_client_that_waits_for_json_and_goes_away_is_cancelled_at_once() throws Exception {
    simulator.latency(50, 300);
    var mark = "gone " + System.nanoTime();
    var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    var before = simulator.calls().size();
    var _ =
        http.sendAsync(
            user.request(RESPONSES)
                .POST(BodyPublishers.ofString(question(mark + " [[tokens=100]]")))
                .build(),
            BodyHandlers.ofString());
    await().atMost(Duration.ofSeconds(30)).until(() -> simulator.calls().size() > before);
    http.shutdownNow();
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> simulator.calls().getLast().path("outcome").asString("").equals("cancelled"));
  }

  @Test
  void a_client_that_goes_away_and_asks_again_under_its_key_gets_the_answer_of_the_first_call() {
    simulator.latency(50, 100);
    for (var path : new String[] {RESPONSES, CHAT}) {
      var key = "k-" + UUID.randomUUID();
      var before = simulator.calls().size();
      var body = path.equals(CHAT) ? CHAT_QUESTION : question("Once [[tokens=40]]");
      var asked = user.request(path).header("Idempotency-Key", key);
      var request = asked.POST(BodyPublishers.ofString(body)).build();
      var impatient = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
      var _ = impatient.sendAsync(request, BodyHandlers.ofString());
      await().atMost(Duration.ofSeconds(30)).until(() -> simulator.calls().size() > before);
      impatient.shutdownNow();
      var again = TestingSystem.send(request);
      assertThat(again.statusCode()).as(again.body()).isEqualTo(200);
      assertThat(again.body()).as(path).containsPattern("\"(completion|output)_tokens\":40");
      assertThat(simulator.calls()).hasSize(before + 1);
    }
  }

  @Test
  void a_conversation_goes_on_by_the_id_of_its_last_response() {
    var first = json(user.post(RESPONSES, question("My name is Ada. [[tokens=50]]")));
    var id = first.path("id").asString();
    var previous = "\"" + id + "\"";
    awaitStored(id);
    var second =
        json(
            user.elsewhere()
                .post(RESPONSES, question("Who am I?", "previous_response_id", previous)));
    assertThat(second.path("status").asString()).isEqualTo("completed");
    // The first question and its answer of 50 words were read again.
    assertThat(second.path("usage").path("input_tokens").asLong())
        .isGreaterThan(first.path("usage").path("input_tokens").asLong() + 50);
    try (var socket = ChatClient.of("user1")) {
      socket.send(
          """
          {"type":"response.create","stream_id":"s","model":"gpt-4o-mini","input":"And now?",
           "previous_response_id":"%s"}
          """
              .formatted(second.path("id").asString()));
      var third = socket.awaitEnd("s").path("response");
      assertThat(third.path("usage").path("input_tokens").asLong())
          .isGreaterThan(second.path("usage").path("input_tokens").asLong());
    }
    var stranger =
        HttpCaller.of("user2")
            .post(RESPONSES, question("Who am I?", "previous_response_id", previous));
    assertThat(stranger.statusCode()).isEqualTo(400);
    assertThat(TestingSystem.error(stranger).path("code").asString())
        .isEqualTo("previous_response_not_found");
  }

  @Test
  void a_conversation_that_has_become_too_large_to_be_queued_goes_on_without_its_oldest_turns() {
    var first = json(user.post(RESPONSES, withImage("What is this?", null)));
    assertThat(first.path("status").asString()).as(first.toString()).isEqualTo("completed");
    var next = user.post(RESPONSES, withImage("And what is that?", first.path("id").asString()));
    assertThat(next.statusCode()).as(next.body()).isEqualTo(200);
    assertThat(next.headers().firstValue("x-sluice-dropped-items")).contains("2");
  }

  /** With half a megabyte of it, of which a request may have three quarters. */
  private static String withImage(String text, @Nullable String previous) {
    var body = JSON.createObjectNode().put("model", "gpt-4o-mini");
    if (previous != null) body.put("previous_response_id", previous);
    var content = body.putArray("input").addObject().put("role", "user").putArray("content");
    content.addObject().put("type", "input_text").put("text", text);
    content
        .addObject()
        .put("type", "input_image")
        .put("detail", "low")
        .put("image_url", "data:image/png;base64," + "A".repeat(500_000));
    return JSON.writeValueAsString(body);
  }

  @Test
  void what_was_not_to_be_stored_is_not() {
    var response = json(user.post(RESPONSES, question("hello", "store", "false")));
    var id = response.path("id").asString();
    assertThat(user.get(RESPONSES + "/" + id).statusCode()).isEqualTo(404);
    var next = user.post(RESPONSES, question("and?", "previous_response_id", "\"" + id + "\""));
    assertThat(TestingSystem.error(next).path("code").asString())
        .isEqualTo("previous_response_not_found");
  }

  @Test
  void what_was_deleted_is_gone_everywhere() {
    var id = json(user.post(RESPONSES, question("hello"))).path("id").asString();
    awaitStored(id);
    var deleted = user.delete(RESPONSES + "/" + id);
    assertThat(json(deleted).path("deleted").asBoolean()).isTrue();
    for (var path : new String[] {"", "?stream=true"})
      assertThat(user.elsewhere().get(RESPONSES + "/" + id + path).statusCode()).isEqualTo(404);
    var next = user.post(RESPONSES, question("and?", "previous_response_id", "\"" + id + "\""));
    assertThat(TestingSystem.error(next).path("code").asString())
        .isEqualTo("previous_response_not_found");
    assertThat(user.delete(RESPONSES + "/" + id).statusCode()).isEqualTo(404);
  }

  @Test
  void a_repeated_request_is_answered_when_the_events_of_the_first_are_gone() throws Exception {
    var body = question("Tell me about tides", "stream", "true");
    var key = "k-" + UUID.randomUUID();
    try (var first = repeatable(body, key)) {
      var end = first.awaitEnd();
      var id = first.header("x-request-id");
      awaitStored(id);
      ReplyTopic.forgetAll();
      assertThat(user.get(RESPONSES + "/" + id + "?stream=true").statusCode()).isEqualTo(404);
      try (var again = repeatable(body, key)) {
        assertThat(again.awaitEnd().path("response")).isEqualTo(end.path("response"));
        assertThat(again.header("x-request-id")).isEqualTo(id);
        assertThat(again.text()).isEqualTo(first.text());
        assertThat(again.sequence()).doesNotHaveDuplicates().isSorted();
        assertThat(simulator.audit(id)).hasSize(1);
      }
    }
  }

  private EventStream repeatable(String body, String key) {
    return new EventStream(
        user.request(RESPONSES)
            .header("Idempotency-Key", key)
            .POST(BodyPublishers.ofString(body))
            .build());
  }

  @Test
  void a_refusal_of_the_providers_is_an_http_error_with_the_providers_code() {
    var answer = user.post(RESPONSES, question("hello", "a_field_of_tomorrow", "1"));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(TestingSystem.error(answer).path("code").asString()).isEqualTo("unknown_parameter");
    assertThat(TestingSystem.error(answer).path("type").asString())
        .isEqualTo("invalid_request_error");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          this is not JSON                                              | 400 | invalid_json |
          {"model":"gpt-4o-mini","input":"hi","input":"ho"}             | 400 | invalid_json |
          {"model":"gpt-4o-mini"}                                       | 400 | missing_required_parameter | input
          {"model":"gpt-4o-mini","input":"hi","stream":"yes"}           | 400 | invalid_type | stream
          {"model":"gpt-4o-mini","input":"hi","background":true,"store":false} | 400 | invalid_value | store
          {"model":"gpt-4o-mini","input":"hi","previous_response_id":7} | 400 | invalid_type | previous_response_id
          {"model":"gpt-4o-mini","input":"hi","conversation":"conv_1"}  | 400 | unsupported_parameter | conversation
          {"model":"gpt-nobody","input":"hi"}                           | 404 | model_not_found | model
          """)
  void a_mistake_is_told(
      String body, int status, String code, @org.jspecify.annotations.Nullable String param) {
    var answer = user.post(RESPONSES, body);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(TestingSystem.error(answer).path("code").asString()).isEqualTo(code);
    assertThat(TestingSystem.error(answer).path("param").asString(null)).isEqualTo(param);
  }

  @Test
  void a_body_that_is_too_large_once_it_is_quoted_is_refused_and_not_tried_again() {
    var quotes = "\"" + "\\\"".repeat(350_000) + "\"";
    var refused = user.post(RESPONSES, question("hello", "prompt_cache_key", quotes));
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(413);
    assertThat(TestingSystem.error(refused).path("code").asString()).isEqualTo("request_too_large");
    assertThat(refused.headers().firstValue("retry-after")).isEmpty();
  }

  @Test
  void a_body_that_is_too_large_is_refused() {
    var answer = user.post(RESPONSES, question("x".repeat(2_000_000)));
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(TestingSystem.error(answer).path("code").asString()).isEqualTo("request_too_large");
  }

  private void awaitStored(String id) {
    // An answer is kept a moment after it has been delivered.
    var redis = TestingSystem.stack().redis().url();
    try (var client = new RedisProbe(redis)) {
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> client.fields("sluice:response:" + id) == 2);
    }
  }

  private void awaitOutcome(String id, String outcome) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> simulator.audit(id).getLast().path("outcome").asString("").equals(outcome));
  }
}
