package dev.sluice.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.ResponseWebSocketOptions;
import com.openai.models.responses.ResponsesClientEvent;
import com.openai.models.responses.ResponsesClientEvent.ResponseCreate;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A question from the socket through Kafka, the budget, the provider and Postgres, and back. */
class WholePathTest {
  private final Simulator simulator = TestingSystem.simulator();

  @BeforeEach
  void behave() {
    simulator.behave();
  }

  @Test
  void an_answer_streams_in_order_and_ends_once() {
    try (var client = ChatClient.of("user1")) {
      var id = client.ask("s", "Why is the sea salty?");
      var end = client.awaitEnd("s");
      var events = client.events("s");
      assertThat(end.path("type").asString()).isEqualTo("response.completed");
      assertThat(end.path("response").path("id").asString()).isEqualTo(id);
      assertThat(client.text("s")).isNotBlank().isEqualTo(ChatClient.wholeText(end));
      assertThat(events.getFirst().path("type").asString()).isEqualTo("response.queued");
      assertThat(events.stream().map(event -> event.path("sequence_number").asLong()))
          .containsExactlyElementsOf(LongStream.range(0, events.size()).boxed().toList());
      assertThat(events)
          .filteredOn(event -> ChatClient.TERMINAL.contains(event.path("type").asString()))
          .hasSize(1);
      assertThat(events)
          .filteredOn(event -> event.has("response"))
          .allMatch(event -> event.path("response").path("id").asString().equals(id));
    }
  }

  @Test
  void the_ledger_agrees_with_what_the_provider_saw() {
    try (var client = ChatClient.of("user2")) {
      var id = client.ask("s", "How far is the moon? [[tokens=120]]");
      var usage = client.awaitEnd("s").path("response").path("usage");
      var call = simulator.audit(id).getFirst();
      var entry = TestingSystem.ledger().awaitEntries(id, 1).getFirst();
      assertThat(entry.outputTokens())
          .isEqualTo(120)
          .isEqualTo(usage.path("output_tokens").asLong())
          .isEqualTo(call.path("output_tokens").asLong());
      assertThat(entry.inputTokens())
          .isEqualTo(usage.path("input_tokens").asLong())
          .isEqualTo(call.path("input_tokens").asLong());
      assertThat(entry.user()).isEqualTo("user2");
      assertThat(entry.estimated()).isFalse();
      // USD per 1M tokens: 0.15 in, 0.60 out
      var expected =
          "%.10f".formatted(entry.inputTokens() * 0.15e-6 + entry.outputTokens() * 0.60e-6);
      assertThat(entry.cost()).isEqualByComparingTo(expected);
    }
  }

  @Test
  void the_cost_is_told_to_its_owner_alone() {
    try (var client = ChatClient.of("user1")) {
      var id = client.ask("s", "hello");
      client.awaitEnd("s");
      var cost = TestingSystem.ledger().awaitEntries(id, 1).getFirst().cost();
      var url = TestingSystem.url() + "/api/usage/" + id;
      var answer =
          TestingSystem.get(url, "Authorization", "Bearer " + TestingSystem.token("user1"));
      assertThat(TestingSystem.JSON.readTree(answer.body()).path("cost").asString())
          .isEqualTo(Objects.requireNonNull(cost).stripTrailingZeros().toPlainString());
      var foreign =
          TestingSystem.get(url, "Authorization", "Bearer " + TestingSystem.token("user2"));
      assertThat(foreign.statusCode()).isEqualTo(404);
      assertThat(TestingSystem.error(foreign).path("code").asString())
          .isEqualTo("response_not_found");
    }
  }

  @Test
  void streams_of_one_connection_run_at_once_and_requests_of_one_stream_in_turn() {
    try (var client = ChatClient.of("user1")) {
      simulator.latency(200, 2);
      for (int i = 0; i < 3; i++) client.send(ChatClient.question("same", "question " + i));
      for (int i = 0; i < 10; i++) client.send(ChatClient.question("own-" + i, "hello " + i));
      for (int i = 0; i < 10; i++) client.awaitEnd("own-" + i);
      client.awaitFrame(_ -> ends(client) == 3);
      var kinds =
          client.events("same").stream()
              .map(event -> event.path("type").asString())
              .filter(type -> type.equals("response.queued") || ChatClient.TERMINAL.contains(type))
              .toList();
      assertThat(kinds)
          .isEqualTo(
              IntStream.range(0, 3)
                  .boxed()
                  .flatMap(_ -> List.of("response.queued", "response.completed").stream())
                  .toList());
    }
  }

  private static long ends(ChatClient client) {
    return client.events("same").stream()
        .filter(event -> ChatClient.TERMINAL.contains(event.path("type").asString()))
        .count();
  }

  @Test
  void a_field_that_sluice_does_not_know_is_the_providers_to_judge() {
    try (var client = ChatClient.of("user1")) {
      client.send(
          """
          {"type":"response.create","model":"gpt-4o-mini","input":"hi","a_field_of_tomorrow":1}
          """);
      var error = client.awaitType("response.failed").path("response").path("error");
      assertThat(error.path("code").asString()).isEqualTo("unknown_parameter");
      assertThat(error.path("message").asString()).contains("a_field_of_tomorrow");
    }
  }

  @Test
  void the_official_sdk_is_a_client_once_its_base_url_is_changed() {
    try (var connection =
        OpenAIOkHttpClient.builder()
            .apiKey(TestingSystem.token("user1"))
            .baseUrl(TestingSystem.url() + "/v1")
            .build()
            .responses()
            .connect(ResponseWebSocketOptions.defaults())) {
      connection.send(
          ResponsesClientEvent.ofResponseCreate(
              ResponseCreate.builder().model("gpt-4o-mini").input("Hello from the SDK").build()));
      var text = new StringBuilder();
      var event = connection.receive();
      assertThat(event.isResponseQueued()).isTrue();
      while (!event.isResponseCompleted()) {
        event.responseOutputTextDelta().ifPresent(delta -> text.append(delta.delta()));
        event = connection.receive();
      }
      var response = event.responseCompleted().orElseThrow().validate().response();
      assertThat(response.usage().orElseThrow().outputTokens()).isPositive();
      assertThat(text).isNotEmpty();
    }
  }

  @Test
  void the_models_with_a_budget_are_listed() {
    var models =
        TestingSystem.get(
            TestingSystem.url() + "/v1/models",
            "Authorization",
            "Bearer " + TestingSystem.token("user1"));
    assertThat(models.body()).contains("\"gpt-4o-mini\"", "\"gpt-4o\"");
  }
}
