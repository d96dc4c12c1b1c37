package dev.sluice.systemtests;

import static dev.sluice.systemtests.HttpCaller.json;
import static dev.sluice.systemtests.HttpCaller.question;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The same question again, or several times at once, on two instances. */
class SharedAnswersTest {
  private static final String RESPONSES = "/v1/responses";

  private final Simulator simulator = TestingSystem.simulator();
  private final HttpCaller user = HttpCaller.of("user1");
  private final String question = "What is tide " + UUID.randomUUID() + "?";

  @BeforeAll
  static void thereIsAnotherInstance() {
    TestingSystem.otherUrl();
  }

  @BeforeEach
  @AfterEach
  void behave() {
    simulator.behave();
  }

  @Test
  void a_question_that_was_answered_is_answered_again_without_a_call() {
    var first = ask(user, question);
    first.awaitEnd();
    assertThat(first.header("x-sluice-cache")).isEqualTo("miss");
    var again =
        await()
            .atMost(Duration.ofSeconds(10))
            .until(() -> answered(user.elsewhere(), question), it -> isFrom(it, "hit"));
    assertThat(types(again)).isEqualTo(types(first));
    assertThat(again.text()).isEqualTo(first.text());
    var id = again.header("x-request-id");
    assertThat(id).isNotEqualTo(first.header("x-request-id"));
    assertThat(again.events())
        .allSatisfy(
            event -> assertThat(event.toString()).doesNotContain(first.header("x-request-id")));
    assertThat(calls(first)).isEqualTo(1);
    assertThat(calls(again)).isZero();
    // It can be come back to like any other
    var retrieved = json(user.get(RESPONSES + "/" + id));
    assertThat(retrieved.path("id").asString()).isEqualTo(id);
    assertThat(retrieved.path("status").asString()).isEqualTo("completed");
    assertFree(again);
    first.close();
    again.close();
  }

  @Test
  void who_does_not_want_a_kept_answer_gets_a_new_one_and_so_does_another_user() {
    var first = ask(user, question);
    first.awaitEnd();
    var fresh =
        new EventStream(
            user.request(RESPONSES)
                .header("X-Sluice-Cache", "off")
                .POST(BodyPublishers.ofString(body(question)))
                .build());
    fresh.awaitEnd();
    assertThat(fresh.header("x-sluice-cache")).isEqualTo("off");
    var other = ask(HttpCaller.of("user2"), question);
    other.awaitEnd();
    assertThat(other.header("x-sluice-cache")).isEqualTo("miss");
    assertThat(calls(first, fresh, other)).isEqualTo(3);
    List.of(first, fresh, other).forEach(EventStream::close);
  }

  @Test
  void what_many_ask_at_once_is_asked_once_and_answered_to_each() {
    simulator.latency(1_000, 5);
    var streams = new ArrayList<EventStream>();
    for (int i = 0; i < 6; i++) streams.add(ask(i % 2 == 0 ? user : user.elsewhere(), question));
    var texts = streams.stream().peek(EventStream::awaitEnd).map(EventStream::text).toList();
    assertThat(texts).allSatisfy(text -> assertThat(text).isNotBlank().isEqualTo(texts.getFirst()));
    assertThat(streams.stream().filter(it -> isFrom(it, "coalesced"))).hasSize(5);
    assertThat(streams.stream().map(it -> it.header("x-request-id")).distinct()).hasSize(6);
    for (var stream : streams) {
      assertThat(stream.sequence()).doesNotHaveDuplicates().isSorted();
      assertThat(stream.awaitEnd().path("response").path("id").asString())
          .isEqualTo(stream.header("x-request-id"));
    }
    assertThat(calls(streams.toArray(EventStream[]::new))).isEqualTo(1);
    streams.stream().filter(it -> isFrom(it, "coalesced")).forEach(this::assertFree);
    streams.forEach(EventStream::close);
  }

  @Test
  void chat_completions_share_an_answer_and_keep_it_unless_they_say_store_false() {
    simulator.latency(1_000, 5);
    var streams = List.of(complete(user, "{}"), complete(user.elsewhere(), "{}"));
    streams.forEach(EventStream::awaitEnd);
    assertThat(streams).extracting(it -> it.header("x-sluice-cache")).contains("coalesced");
    var again =
        await()
            .atMost(Duration.ofSeconds(10))
            .until(
                () -> {
                  var next = complete(user, "{}");
                  next.awaitEnd();
                  return next;
                },
                it -> isFrom(it, "hit"));
    assertThat(deltas(again)).isNotBlank().isEqualTo(deltas(streams.getFirst()));
    var unstored = "{\"store\":false,\"max_completion_tokens\":100}";
    var first = complete(user, unstored);
    first.awaitEnd();
    var second = complete(user, unstored);
    second.awaitEnd();
    assertThat(second.header("x-sluice-cache")).isNotEqualTo("hit");
    assertThat(calls(streams.toArray(EventStream[]::new))).isEqualTo(1);
    assertThat(calls(first, second)).isEqualTo(2);
    streams.forEach(EventStream::close);
    List.of(again, first, second).forEach(EventStream::close);
  }

  private EventStream complete(HttpCaller caller, String more) {
    var body = TestingSystem.JSON.createObjectNode();
    body.put("model", "gpt-4o-mini").put("temperature", 0).put("stream", true);
    body.putArray("messages").addObject().put("role", "user").put("content", question);
    body.setAll((ObjectNode) TestingSystem.JSON.readTree(more));
    return caller.stream("/v1/chat/completions", TestingSystem.JSON.writeValueAsString(body));
  }

  private static String deltas(EventStream completion) {
    return completion.events().stream()
        .map(chunk -> chunk.path("choices").path(0).path("delta").path("content").asString(""))
        .collect(Collectors.joining());
  }

  @Test
  void where_the_one_who_leads_fails_another_takes_its_place() {
    simulator.latency(1_000, 5);
    simulator.faults("{\"kind\":\"server_error\",\"times\":3}"); // as often as a request is tried
    var leader = ask(user, question);
    leader.awaitType("response.created");
    var followers = List.of(ask(user.elsewhere(), question), ask(user, question));
    assertThat(type(leader.awaitEnd())).isEqualTo("response.failed");
    for (var follower : followers) {
      assertThat(type(follower.awaitEnd())).isEqualTo("response.completed");
      assertThat(follower.sequence()).doesNotHaveDuplicates().isSorted();
    }
    assertThat(calls(leader)).isEqualTo(3);
    assertThat(calls(followers.toArray(EventStream[]::new))).isEqualTo(1);
    leader.close();
    followers.forEach(EventStream::close);
  }

  @Test
  void a_cancel_ends_it_for_the_one_who_cancels_alone() {
    simulator.latency(200, 30);
    var text = question + " Tell me a story [[tokens=60]]";
    var leader = ask(user, text);
    leader.awaitType("response.output_text.delta");
    var follower = ask(user.elsewhere(), text);
    var impatient = ask(user, text);
    impatient.awaitType("response.output_text.delta");
    user.elsewhere().post(RESPONSES + "/" + impatient.header("x-request-id") + "/cancel", "");
    assertThat(type(impatient.awaitEnd())).isEqualTo("response.incomplete");
    // The one who leads too, and from another instance than its own
    var led = RESPONSES + "/" + leader.header("x-request-id");
    var cancelled = json(user.elsewhere().post(led + "/cancel", ""));
    assertThat(cancelled.path("status").asString()).isEqualTo("cancelled");
    assertThat(type(leader.awaitEnd())).isEqualTo("response.incomplete");
    assertThat(leader.sequence()).doesNotHaveDuplicates().isSorted();
    try (var again = user.elsewhere().stream(led + "?stream=true")) {
      assertThat(type(again.awaitEnd())).isEqualTo("response.incomplete");
    }
    var end = follower.awaitEnd();
    assertThat(json(user.get(led)).path("status").asString()).isEqualTo("cancelled");
    assertThat(type(end)).isEqualTo("response.completed");
    assertThat(follower.text()).isEqualTo(ChatClient.wholeText(end));
    assertThat(calls(leader)).isEqualTo(1);
    assertThat(calls(follower, impatient)).isZero();
    List.of(leader, follower, impatient).forEach(EventStream::close);
  }

  @Test
  void what_follows_goes_on_where_its_client_comes_to_when_its_instance_dies() throws Exception {
    simulator.latency(200, 50);
    var text = question + " Tell me a story [[tokens=100]]";
    var instance = TestingSystem.stack().api(2);
    try (var leader = ask(user, text)) {
      leader.awaitType("response.output_text.delta");
      var follower = ask(user.elsewhere(), text);
      follower.awaitType("response.output_text.delta");
      var unwatched =
          json(
              user.elsewhere()
                  .post(RESPONSES, question(text, "background", "true", "temperature", "0")));
      instance.kill();
      follower.close();
      var id = follower.header("x-request-id");
      try (var back = user.stream(RESPONSES + "/" + id + "?stream=true")) {
        var end = back.awaitEnd();
        assertThat(type(end)).isEqualTo("response.completed");
        assertThat(back.text()).isEqualTo(ChatClient.wholeText(end)).isEqualTo(leader.text());
        assertThat(back.sequence()).doesNotHaveDuplicates().isSorted();
        assertThat(calls(back)).isZero();
        assertFree(back.events().getFirst().path("response").path("id").asString());
      }
      var path = RESPONSES + "/" + unwatched.path("id").asString();
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> json(user.get(path)).path("status").asString().equals("completed"));
    } finally {
      instance.start();
    }
  }

  @Test
  void a_running_response_that_is_deleted_stays_deleted_and_answers_nobody() {
    simulator.latency(200, 20);
    var text = question + " Tell me a story [[tokens=60]]";
    var leader = ask(user, text);
    leader.awaitType("response.output_text.delta");
    var follower = ask(user.elsewhere(), text);
    follower.awaitType("response.output_text.delta");
    var path = RESPONSES + "/" + leader.header("x-request-id");
    assertThat(user.elsewhere().delete(path).statusCode()).isEqualTo(200);
    assertThat(type(follower.awaitEnd())).isEqualTo("response.completed");
    for (var caller : List.of(user, user.elsewhere())) {
      assertThat(caller.get(path).statusCode()).isEqualTo(404);
      assertThat(caller.get(path + "?stream=true").statusCode()).isEqualTo(404);
      assertThat(caller.post(path + "/cancel", "").statusCode()).isEqualTo(404);
    }
    var next = ask(user, text);
    next.awaitEnd();
    assertThat(next.header("x-sluice-cache")).isNotEqualTo("hit");
    List.of(leader, follower, next).forEach(EventStream::close);
  }

  @ParameterizedTest
  @CsvSource({"global,team", "team,iss"}) // as if all of the issuer's people were one team
  void within_its_scope_an_answer_is_given_to_others(String scope, String teamClaim) {
    var instance =
        TestingSystem.stack()
            .addApi(Map.of("SLUICE_CACHE_SCOPE", scope, "SLUICE_IDENTITY_TEAMCLAIM", teamClaim));
    try {
      var first = new HttpCaller(instance.url(), user.token());
      var other = new HttpCaller(instance.url(), TestingSystem.token("user2"));
      answered(first, question).close();
      var again =
          await()
              .atMost(Duration.ofSeconds(10))
              .until(() -> answered(other, question), it -> isFrom(it, "hit"));
      assertThat(again.text()).isNotBlank();
      again.close();
    } finally {
      instance.stop();
    }
  }

  /** The ledger has it, as what it was. */
  private void assertFree(EventStream stream) {
    assertFree(stream.header("x-request-id"));
  }

  private void assertFree(String id) {
    var entry = TestingSystem.ledger().awaitEntries(id, 1).getFirst();
    assertThat(entry.attempt()).isZero();
    assertThat(entry.cost()).isEqualByComparingTo("0");
    assertThatCode(() ->
            assertThat(
                    TestingSystem.ledger()
                        .count(
                            "select count(*) from usage_entry where saved > 0 and request_id = '"
                                + id
                                + "'"))
                .isEqualTo(1))
        .doesNotThrowAnyException();
  }

  private static EventStream ask(HttpCaller caller, String input) {
    return caller.stream(RESPONSES, body(input));
  }

  private static EventStream answered(HttpCaller caller, String input) {
    var stream = ask(caller, input);
    stream.awaitEnd();
    return stream;
  }

  private static String body(String input) {
    return question(input, "stream", "true", "temperature", "0");
  }

  private static boolean isFrom(EventStream stream, String source) {
    return source.equals(stream.header("x-sluice-cache"));
  }

  private static List<String> types(EventStream stream) {
    return stream.events().stream().map(SharedAnswersTest::type).toList();
  }

  private static String type(JsonNode event) {
    return event.path("type").asString();
  }

  /** Calls that the provider saw for these. */
  private long calls(EventStream... streams) {
    return Arrays.stream(streams)
        .mapToLong(stream -> simulator.audit(stream.header("x-request-id")).size())
        .sum();
  }
}
