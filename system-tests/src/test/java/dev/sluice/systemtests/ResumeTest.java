package dev.sluice.systemtests;

import static dev.sluice.systemtests.HttpCaller.question;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Clients that lose their connection and come back, on the same or on another api. */
class ResumeTest {
  private static final String RESPONSES = "/v1/responses";
  // Runs twice as long as the grace of a lost connection in these tests.
  private static final String LONG = "A long story, please [[tokens=70]]";
  private static final int BETWEEN_TOKENS_MS = 100;

  private final Simulator simulator = TestingSystem.simulator();
  private final HttpCaller user = HttpCaller.of("user1");

  @BeforeAll
  static void thereIsAnotherInstance() {
    TestingSystem.otherUrl(); // to start it takes longer than the grace
  }

  @BeforeEach
  @AfterEach
  void behave() {
    simulator.behave();
  }

  @Test
  void a_socket_that_was_cut_is_resumed_on_another_instance_with_exactly_what_it_missed() {
    simulator.latency(50, BETWEEN_TOKENS_MS);
    String id;
    List<JsonNode> before;
    try (var cut = ChatClient.of("user1")) {
      id = cut.ask("s", LONG);
      await().atMost(Duration.ofSeconds(20)).until(() -> cut.events("s").size() > 10);
      before = cut.events("s");
    }
    long last = before.getLast().path("sequence_number").asLong();
    try (var back = ChatClient.elsewhere("user1")) {
      back.send(resume("t", id, last));
      await().atMost(Duration.ofSeconds(20)).until(() -> !back.events("t").isEmpty());
      simulator.behave();
      var end = back.awaitEnd("t");
      assertThat(end.path("type").asString()).isEqualTo("response.completed");
      assertThat(sequence(back.events("t")))
          .containsExactlyElementsOf(range(last + 1, end.path("sequence_number").asLong()));
      assertThat(text(before) + back.text("t")).isEqualTo(ChatClient.wholeText(end));
      assertThat(simulator.audit(id)).hasSize(1);
    }
  }

  @Test
  void a_response_that_has_ended_is_read_again_from_anywhere() {
    try (var stream = user.stream(RESPONSES, question("hello", "stream", "true"))) {
      stream.awaitEnd();
      var id = stream.header("x-request-id");
      for (var caller : List.of(user, user.elsewhere()))
        for (long after : new long[] {-1, 0, 5}) {
          var path = RESPONSES + "/" + id + "?stream=true&starting_after=" + after;
          try (var again = caller.stream(path)) {
            again.awaitEnd();
            assertThat(again.events())
                .isEqualTo(stream.events().subList((int) after + 1, stream.events().size()));
          }
        }
    }
  }

  @Test
  void nothing_is_missing_for_a_client_that_has_it_all() {
    try (var stream = user.stream(RESPONSES, question("hello", "stream", "true"))) {
      var last = stream.awaitEnd().path("sequence_number").asLong();
      var path = RESPONSES + "/" + stream.header("x-request-id") + "?stream=true&starting_after=";
      try (var again = user.elsewhere().stream(path + last)) {
        again.awaitEnd();
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.events()).isEmpty();
      }
    }
  }

  @Test
  void a_response_that_still_waits_is_waited_for() {
    var worker = TestingSystem.stack().worker(1);
    var ops = new Ops();
    try {
      ops.drain(worker, true);
      String id;
      try (var gone = ChatClient.of("user1")) {
        gone.send(
            "{\"type\":\"response.create\",\"model\":\"gpt-4o-mini\",\"input\":\"hello\",\"sluice\":{\"progress\":true}}");
        id = gone.awaitType("response.queued").path("response").path("id").asString();
      }
      try (var back = user.elsewhere().stream(RESPONSES + "/" + id + "?stream=true")) {
        assertThat(back.awaitType("response.created").path("sequence_number").asLong()).isZero();
        // It wanted to know its place, and does so still
        assertThat(back.awaitType("sluice.queue").path("response_id").asString()).isEqualTo(id);
        ops.drain(worker, false);
        var end = back.awaitEnd();
        assertThat(end.path("type").asString()).isEqualTo("response.completed");
        assertThat(back.sequence())
            .filteredOn(number -> number >= 0)
            .containsExactlyElementsOf(range(0, end.path("sequence_number").asLong()));
      }
    } finally {
      ops.drain(worker, false);
    }
  }

  @Test
  void a_response_that_nobody_comes_back_to_is_cancelled_after_the_grace() {
    simulator.latency(50, BETWEEN_TOKENS_MS);
    String bySocket;
    try (var gone = ChatClient.of("user1")) {
      bySocket = gone.ask("s", LONG);
      gone.awaitType("response.output_text.delta");
    }
    String byHttp;
    try (var gone = user.stream(RESPONSES, question(LONG, "stream", "true"))) {
      gone.awaitType("response.output_text.delta");
      byHttp = gone.header("x-request-id");
    }
    awaitOutcome(bySocket, "cancelled");
    awaitOutcome(byHttp, "cancelled");
  }

  @Test
  void a_response_runs_on_while_one_of_its_clients_is_left() {
    simulator.latency(50, BETWEEN_TOKENS_MS);
    try (var stays = ChatClient.of("user1")) {
      var id = stays.ask("s", LONG);
      try (var leaves = user.elsewhere().stream(RESPONSES + "/" + id + "?stream=true")) {
        leaves.awaitType("response.output_text.delta");
      }
      assertThat(stays.awaitEnd("s").path("type").asString()).isEqualTo("response.completed");
    }
  }

  @Test
  void an_instance_that_dies_takes_no_answer_with_it() throws Exception {
    simulator.latency(50, BETWEEN_TOKENS_MS);
    var instance = TestingSystem.stack().api(2);
    try (var stranded = ChatClient.elsewhere("user1");
        var back = ChatClient.of("user1")) {
      var id = stranded.ask("s", LONG);
      stranded.awaitType("response.output_text.delta");
      instance.kill();
      back.send(resume("t", id, -1));
      await().atMost(Duration.ofSeconds(20)).until(() -> !back.events("t").isEmpty());
      simulator.behave();
      var end = back.awaitEnd("t");
      assertThat(end.path("type").asString()).isEqualTo("response.completed");
      assertThat(sequence(back.events("t")))
          .containsExactlyElementsOf(range(0, end.path("sequence_number").asLong()));
      // Nobody was there to keep it; its events tell, and the conversation goes on.
      back.send(
          """
          {"type":"response.create","stream_id":"next","model":"gpt-4o-mini","input":"And then?",
           "previous_response_id":"%s"}
          """
              .formatted(id));
      assertThat(back.awaitEnd("next").path("type").asString()).isEqualTo("response.completed");
    } finally {
      instance.start();
    }
  }

  @Test
  void a_background_response_needs_no_client() {
    simulator.latency(50, BETWEEN_TOKENS_MS);
    String id;
    try (var gone =
        user.stream(RESPONSES, question(LONG, "stream", "true", "background", "true"))) {
      gone.awaitType("response.output_text.delta");
      id = gone.header("x-request-id");
    }
    awaitOutcome(id, "completed");
  }

  @Test
  void only_its_owner_comes_back_to_a_response_and_strangers_learn_nothing() {
    try (var owner = ChatClient.of("user1");
        var stranger = ChatClient.elsewhere("user2")) {
      var id = owner.ask("s", "hello");
      owner.awaitEnd("s");
      stranger.send(resume("foreign", id, 0));
      stranger.send(resume("never", "resp_" + "A".repeat(40), 0));
      var foreign = errorOn(stranger, "foreign");
      assertThat(foreign.path("error").path("code").asString()).isEqualTo("response_not_found");
      assertThat(foreign.path("error")).isEqualTo(errorOn(stranger, "never").path("error"));
    }
  }

  private static JsonNode errorOn(ChatClient client, String streamId) {
    return client.awaitFrame(frame ->
        frame.path("type").asString().equals("error")
            && frame.path("stream_id").asString("").equals(streamId));
  }

  private void awaitOutcome(String id, String outcome) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> simulator.audit(id).getLast().path("outcome").asString("").equals(outcome));
  }

  private static String resume(String streamId, String id, long after) {
    return "{\"type\":\"response.resume\",\"stream_id\":\"%s\",\"response_id\":\"%s\",\"starting_after\":%d}"
        .formatted(streamId, id, after);
  }

  private static List<Long> sequence(List<JsonNode> events) {
    return events.stream().map(event -> event.path("sequence_number").asLong()).toList();
  }

  private static List<Long> range(long from, long to) {
    return LongStream.rangeClosed(from, to).boxed().toList();
  }

  private static String text(List<JsonNode> events) {
    var text = new StringBuilder();
    for (var event : events)
      if (event.path("type").asString().equals("response.output_text.delta"))
        text.append(event.path("delta").asString());
    return text.toString();
  }
}
