package dev.sluice.systemtests;

import static dev.sluice.systemtests.TestingSystem.JSON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Whoever floods the queue holds up others no more than docs/operating.md says. */
class FairnessTest {
  private static final String LANE = "gpt-4o-mini.interactive";
  private static final int STREAMS_PER_CLIENT = 10;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Simulator simulator = TestingSystem.simulator();
  private final Ops ops = new Ops();
  private final List<ChatClient> clients = new ArrayList<>();

  @BeforeEach
  void behave() {
    simulator.behave();
  }

  @AfterEach
  void reset() {
    simulator.behave();
    ops.ask("DELETE", "/api/ops/concurrency", "");
    ops.pause(LANE, false);
    ops.send("DELETE", "/api/ops/budget/gpt-4o", "");
    Metrics.awaitLimit("gpt-4o", "TPM", 30_000_000);
    for (var lane : List.of(LANE, "gpt-4o.interactive"))
      await()
          .atMost(PATIENCE)
          .until(() ->
              ops.lane(lane).path("backlog").asInt(1) + ops.lane(lane).path("in_flight").asInt(1)
                  == 0);
    clients.forEach(ChatClient::close);
  }

  @Test
  void a_user_with_5_requests_waits_for_few_of_the_1000_of_another() {
    int concurrency = 20;
    simulator.latency(300, 1);
    ops.ask("PUT", "/api/ops/concurrency", "{\"per_worker\":%d}".formatted(concurrency));
    ops.pause(LANE, true);
    var many = ask("user1", "gpt-4o-mini", 1_000, 16);
    ops.pause(LANE, false);
    await().atMost(PATIENCE).until(() -> called(many) >= 3 * concurrency);

    long before = called(many);
    var few = ask("user2", "gpt-4o-mini", 5, 16);
    await().atMost(PATIENCE).until(() -> called(few) == 5);

    var calls = calls();
    var flood = Set.copyOf(many);
    int last = few.stream().mapToInt(calls::indexOf).max().orElseThrow();
    long inFront = calls.subList(0, last).stream().filter(flood::contains).count() - before;
    System.out.println("In front of 5 requests of one user: " + inFront + " of another's 1,000");
    // Those that run, a turn of the other partition for each of the five, and what starts while
    // these five are asked for
    assertThat(inFront).isLessThan(4L * concurrency);
  }

  @Test
  void a_pool_whose_budget_is_exhausted_holds_up_no_other_pool() {
    ops.ask("PUT", "/api/ops/budget/gpt-4o", "{\"tpm\":20000}");
    Metrics.awaitLimit("gpt-4o", "TPM", 20_000);
    var starved = ask("user1", "gpt-4o", 30, 1_500);
    await().atMost(PATIENCE).until(() -> called(starved) > 0);
    await()
        .atMost(PATIENCE)
        .until(() ->
            ops.lane("gpt-4o.interactive").path("limiting_factor").asString("").equals("tpm"));

    var others = ask("user1", "gpt-4o-mini", 100, 16);
    for (var client : clients.subList(clients.size() - 10, clients.size()))
      for (int i = 0; i < STREAMS_PER_CLIENT; i++)
        assertThat(client.awaitEnd("s" + i).path("type").asString())
            .isEqualTo("response.completed");
    assertThat(called(others)).isEqualTo(100);
    assertThat(called(starved)).as("these wait still").isLessThan(30);
  }

  private List<String> ask(String account, String model, int count, int maxOutputTokens) {
    var token = TestingSystem.token(account);
    var asking = new ArrayList<ChatClient>();
    for (int from = 0; from < count; from += STREAMS_PER_CLIENT) {
      var client = ChatClient.at(TestingSystem.url(), token);
      asking.add(client);
      for (int i = 0; i < Math.min(STREAMS_PER_CLIENT, count - from); i++)
        client.send(question("s" + i, model, maxOutputTokens));
    }
    clients.addAll(asking);
    var ids = new ArrayList<String>();
    for (int i = 0; i < count; i++)
      ids.add(asking.get(i / STREAMS_PER_CLIENT).id("s" + i % STREAMS_PER_CLIENT));
    return ids;
  }

  private static String question(String stream, String model, int maxOutputTokens) {
    var question =
        (ObjectNode)
            JSON.readTree(
                ChatClient.question(
                    stream, "Question %d [[tokens=10]]".formatted(System.nanoTime())));
    question.put("model", model);
    question.put("max_output_tokens", maxOutputTokens);
    return JSON.writeValueAsString(question);
  }

  private long called(List<String> ids) {
    var wanted = Set.copyOf(ids);
    return calls().stream().filter(wanted::contains).distinct().count();
  }

  /** The requests that were called, in this order. */
  private List<String> calls() {
    return simulator.calls().stream()
        .map(call -> call.path("client_request_id").asString("").split("/", 2)[0])
        .toList();
  }
}
