package dev.sluice.systemtests;

import static dev.sluice.systemtests.TestingSystem.JSON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/**
 * What the provider can do to us: what the client, the provider's audit and the ledger see. A few
 * of its faults, through the whole system; the worker's {@code ProviderBehaviourTest} has all of
 * them.
 */
class ProviderFaultsTest {
  private final Simulator simulator = TestingSystem.simulator();
  private final Metrics worker = new Metrics(TestingSystem.stack().worker(1).url());

  @BeforeEach
  @AfterEach
  void behave() {
    simulator.behave();
  }

  /** Faults that pass: the client sees a whole answer and no trace of them. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          429                      | {"kind":"rate_limit","times":1,"retry_after_ms":50}
          500                      | {"kind":"server_error","times":2}
          hang after headers       | {"kind":"hang","times":1,"after_headers":true}
          cut before the first text| {"kind":"cut","times":1,"at_token":0}
          """)
  void a_fault_that_passes_is_not_seen(String name, String fault) {
    try (var client = ChatClient.of("user1")) {
      simulator.faults(fault);
      var id = client.ask("s", "What is " + name + "?");
      var end = client.awaitEnd("s");
      assertThat(end.path("type").asString()).isEqualTo("response.completed");
      assertThat(client.text("s")).isEqualTo(ChatClient.wholeText(end));
      assertThat(endsOf(client)).isEqualTo(1);
      var calls = simulator.audit(id);
      assertThat(calls).hasSizeGreaterThan(1);
      var entries = TestingSystem.ledger().awaitEntries(id, calls.size());
      assertThat(entries.getLast().outcome()).isEqualTo("completed");
      assertThat(entries.getFirst().outcome()).isEqualTo("failed");
    }
  }

  /** Faults that stay: exactly one clear end, and no more calls than allowed. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          rate_limit_exceeded           | 3 | rate_limit_exceeded | {"kind":"rate_limit","times":9,"retry_after_ms":20}
          provider_unavailable          | 3 | provider_unavailable | {"kind":"server_error","times":9}
          provider_timeout              | 3 | provider_timeout | {"kind":"hang","times":9}
          context_length_exceeded       | 1 | provider_rejected | {"kind":"context_length","times":9}
          """)
  void a_fault_that_stays_ends_in_one_clear_failure(
      String code, int calls, String metric, String fault) {
    try (var client = ChatClient.of("user1")) {
      double before = worker.value("sluice_attempts_total", "code=\"" + metric + "\"");
      simulator.faults(fault);
      var id = client.ask("s", "Will this work?");
      var end = client.awaitEnd("s");
      assertThat(end.path("type").asString()).isEqualTo("response.failed");
      assertThat(codeOf(end)).isEqualTo(code);
      assertThat(end.path("response").path("error").path("message").asString()).isNotBlank();
      assertThat(endsOf(client)).isEqualTo(1);
      assertThat(simulator.audit(id)).hasSize(calls);
      TestingSystem.ledger().awaitEntries(id, calls);
      assertThat(worker.value("sluice_attempts_total", "code=\"" + metric + "\""))
          .isEqualTo(before + calls);
    }
  }

  @Test
  void what_the_worker_leaves_out_of_a_conversation_is_a_saving() throws SQLException {
    var project = "too long " + UUID.randomUUID();
    simulator.faults("{\"kind\":\"context_length\",\"times\":1}");
    var turns = JSON.createArrayNode();
    turns.addObject().put("role", "user").put("content", "Who are you, in " + project + "?");
    turns.addObject().put("role", "assistant").put("content", "A simulator.");
    turns.addObject().put("role", "user").put("content", "Go on [[tokens=5]]");
    var metadata = JSON.createObjectNode().put("project", project);
    var question =
        HttpCaller.question("", "input", turns.toString(), "metadata", metadata.toString());
    var answer = HttpCaller.of("user1").post("/v1/responses", question);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    var id = HttpCaller.json(answer).path("id").asString();
    TestingSystem.ledger().awaitEntries(id, 2);
    var saving =
        """
        select answers || ' ' || (saved_input_tokens > 0 and saved > 0 and saved_input_tokens = (
            select dropped_tokens from attempt_cost where request_id = ? and attempt = 2))
        from savings_daily
        where source = 'trimming' and project = ?
        """;
    assertThat(TestingSystem.ledger().query(saving, row -> row.getString(1), id, project))
        .containsExactly("1 true");
  }

  /** An account without credit, a wrong key: nobody is kept waiting, and nobody else calls. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          insufficient_quota            | {"kind":"insufficient_quota","times":2}
          provider_credentials_rejected | {"kind":"bad_key","times":2}
          """)
  void a_refusal_that_every_call_would_meet_closes_the_pool_until_a_probe_succeeds(
      String code, String fault) {
    try (var client = ChatClient.of("user1")) {
      simulator.faults(fault);
      client.ask("first", "Will this work?");
      assertThat(codeOf(client.awaitEnd("first"))).isEqualTo(code);
      awaitCircuit(1);
      // Of those that come together at most one is a probe; the others are not even called
      var ids = IntStream.range(0, 5).mapToObj(i -> client.ask("s" + i, "And now?")).toList();
      for (int i = 0; i < 5; i++) client.awaitEnd("s" + i);
      assertThat(ids.stream().filter(id -> simulator.audit(id).isEmpty()))
          .hasSizeGreaterThanOrEqualTo(1);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> {
            client.forget();
            client.ask("again", "And now?");
            return client.awaitEnd("again").path("type").asString().equals("response.completed");
          });
      awaitCircuit(0);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          provider_stream_cut  | {"kind":"cut","times":1,"at_token":5}
          provider_unavailable | {"kind":"failed_event","times":1,"at_token":5}
          """)
  void a_stream_that_breaks_in_the_middle_is_never_begun_again(String code, String fault) {
    try (var client = ChatClient.of("user1")) {
      simulator.faults(fault);
      var id = client.ask("s", "Tell me a long story [[tokens=60]]");
      var end = client.awaitEnd("s");
      assertThat(end.path("type").asString()).isEqualTo("response.failed");
      assertThat(codeOf(end)).isEqualTo(code);
      assertThat(client.text("s")).isNotBlank();
      assertThat(simulator.audit(id)).hasSize(1);
      var entry = TestingSystem.ledger().awaitEntries(id, 1).getFirst();
      assertThat(entry.outcome()).isEqualTo("failed");
      assertThat(entry.outputTokens()).isPositive();
    }
  }

  @Test
  void a_cancel_ends_the_call_and_what_was_received_is_accounted_for() {
    try (var client = ChatClient.of("user1")) {
      simulator.latency(50, 50);
      var id = client.ask("s", "Tell me a very long story [[tokens=400]]");
      client.awaitType("response.output_text.delta");
      client.send("{\"type\":\"response.cancel\",\"response_id\":\"" + id + "\"}");
      var end = client.awaitEnd("s");
      assertThat(end.path("type").asString()).isEqualTo("response.incomplete");
      assertThat(end.path("response").path("incomplete_details").path("reason").asString())
          .isEqualTo("cancelled");
      await()
          .atMost(Duration.ofSeconds(10))
          .until(
              () -> simulator.audit(id).getFirst().path("outcome").asString().equals("cancelled"));
      var entry = TestingSystem.ledger().awaitEntries(id, 1).getFirst();
      assertThat(entry.outcome()).isEqualTo("cancelled");
      assertThat(entry.estimated()).isTrue();
      assertThat(entry.outputTokens()).isBetween(1L, 399L);
    }
  }

  @Test
  void a_client_that_never_comes_back_stops_costing() {
    simulator.latency(20, 1_000);
    String id;
    try (var client = ChatClient.of("user1")) {
      id = client.ask("s", "Tell me an endless story [[tokens=300]]");
      client.awaitType("response.output_text.delta");
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> simulator.audit(id).getFirst().path("outcome").asString().equals("cancelled"));
  }

  /** The client hears of its failure before Redis hears of the circuit. */
  private void awaitCircuit(double open) {
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> worker.value("sluice_budget_circuit_open", "pool=\"gpt-4o-mini\"") == open);
  }

  private static String codeOf(JsonNode end) {
    return end.path("response").path("error").path("code").asString();
  }

  private static long endsOf(ChatClient client) {
    return client.frames().stream()
        .filter(frame -> ChatClient.TERMINAL.contains(frame.path("type").asString()))
        .count();
  }
}
