package dev.sluice.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.localstack.Part;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Operators turn the fleet up and down while everything runs. */
class OpsControlsTest {
  private static final String LANE = "gpt-4o-mini.interactive";
  private static final Part WORKER = TestingSystem.stack().worker(1);

  private final Simulator simulator = TestingSystem.simulator();
  private final Ops ops = new Ops();
  private final List<ChatClient> clients = new ArrayList<>();

  @BeforeEach
  void slow() {
    simulator.behave();
    simulator.latency(700, 1);
  }

  @AfterEach
  void reset() {
    clients.forEach(ChatClient::close);
    simulator.behave();
    ops.ask("DELETE", "/api/ops/concurrency", "");
    ops.pause(LANE, false);
    ops.drain(WORKER, false);
  }

  @Test
  void concurrency_goes_up_and_down_within_a_second_under_load() throws SQLException {
    simulator.latency(1_500, 150); // calls that last, so that asking takes less time than they do
    setConcurrency(5);
    assertThat(worker().path("concurrency_set_by").asString()).isEqualTo("fleet");
    var first = askAll(40);
    await().atMost(Duration.ofSeconds(20)).until(() -> called(first) >= 5);
    assertThat(worker().path("in_flight").asInt()).isLessThanOrEqualTo(5);
    await()
        .atMost(Duration.ofSeconds(3))
        .untilAsserted(() -> {
          assertThat(lane().path("limiting_factor").asString()).isEqualTo("concurrency");
          assertThat(lane().path("backlog").asLong()).isGreaterThan(20);
          assertThat(lane().path("oldest_age_ms").asLong()).isPositive();
        });
    assertThat(called(first)).isLessThan(20);

    ops.ask("PUT", "/api/ops/concurrency", "{\"per_worker\":200}");
    await().atMost(Duration.ofSeconds(20)).until(() -> called(first) == 40);
    var raised = audited("concurrency");
    assertThat(raised.path("to").asInt()).isEqualTo(200);
    assertThat(raised.path("by").asString()).isEqualTo("ops");

    setConcurrency(5);
    simulator.latency(20, 5);
    var second = askAll(40);
    eachCompletes(80);
    eachAttemptIsCalledOnce(first);
    eachAttemptIsCalledOnce(second);
    var before = atOnce(first);
    var inForce =
        Duration.between(Instant.parse(raised.path("at").asString()), firstMoreThan(5, before));
    assertThat(inForce).isBetween(Duration.ZERO, Duration.ofSeconds(1));
    assertThat(Collections.max(before.values())).as("after it was raised").isBetween(20, 40);
    assertThat(Collections.max(atOnce(second).values())).as("after it was lowered").isBetween(1, 5);
  }

  private void setConcurrency(int perWorker) {
    ops.ask("PUT", "/api/ops/concurrency", "{\"per_worker\":%d}".formatted(perWorker));
    await()
        .atMost(Duration.ofSeconds(2))
        .until(() -> worker().path("concurrency").asInt() == perWorker);
  }

  /** How many of these requests were being called, from each change on, by the ledger. */
  private static NavigableMap<Instant, Integer> atOnce(List<String> ids) throws SQLException {
    ids.forEach(id -> TestingSystem.ledger().awaitEntries(id, 1));
    var atOnce = new TreeMap<Instant, Integer>();
    TestingSystem.ledger()
        .query(
            "select opened_at, settled_at from usage_entry where request_id = any(?)",
            row -> {
              atOnce.merge(row.getTimestamp(1).toInstant(), 1, Integer::sum);
              return atOnce.merge(row.getTimestamp(2).toInstant(), -1, Integer::sum);
            },
            (Object) ids.toArray(String[]::new));
    int now = 0;
    for (var change : atOnce.entrySet()) change.setValue(now += change.getValue());
    return atOnce;
  }

  private static Instant firstMoreThan(int limit, NavigableMap<Instant, Integer> atOnce) {
    return atOnce.entrySet().stream()
        .filter(change -> change.getValue() > limit)
        .findFirst()
        .orElseThrow()
        .getKey();
  }

  @Test
  void a_paused_lane_starts_nothing_until_it_goes_on() {
    pause();
    var ids = askAll(5);
    await().atMost(Duration.ofSeconds(5)).until(() -> lane().path("backlog").asLong() >= 6);
    assertThat(lane().path("limiting_factor").asString()).isEqualTo("paused");
    assertThat(called(ids)).isZero();
    assertThat(lane().path("eta_ms").isNull()).isTrue();
    ops.setPaused(LANE, false);
    await().atMost(Duration.ofSeconds(2)).until(() -> called(ids) == 5);
  }

  @Test
  void a_drained_worker_finishes_its_calls_takes_on_no_more_and_joins_again() {
    var before = askAll(5);
    await().atMost(Duration.ofSeconds(5)).until(() -> called(before) == 5);
    ops.setDrain(WORKER, true);
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> worker().path("state").asString().equals("drained"));
    eachCompletes(5);
    var after = ask("after");
    await().atMost(Duration.ofSeconds(5)).until(() -> lane().path("backlog").asLong() > 0);
    assertThat(simulator.audit(after)).isEmpty();
    assertThat(TestingSystem.get(WORKER.url() + "/actuator/health/readiness").statusCode())
        .isEqualTo(200);
    ops.setDrain(WORKER, false);
    await().atMost(Duration.ofSeconds(15)).until(() -> !simulator.audit(after).isEmpty());
    eachAttemptIsCalledOnce(before);
  }

  @Test
  void a_request_that_has_had_its_attempts_is_redriven_once_and_billed_to_its_user() {
    simulator.latency(20, 1);
    simulator.faults("{\"kind\":\"server_error\",\"times\":3}");
    var id = ask("dead");
    var end = clients.getLast().awaitEnd("dead");
    assertThat(end.path("response").path("error").path("code").asString())
        .isEqualTo("provider_unavailable");
    var letter = letter(id);
    assertThat(letter.path("state").asString()).isEqualTo("open");
    assertThat(letter.path("user").asString()).isEqualTo("user1");
    assertThat(letter.path("attempts").asInt()).isEqualTo(3);
    assertThat(letter.path("history").size()).isEqualTo(3);
    await() // the overview may be the one of a moment ago
        .atMost(Duration.ofSeconds(5))
        .until(() -> ops.overview().path("dead_letters").path("open").asLong() > 0);
    clients.forEach(ChatClient::close); // its client has gone

    var redrive = "/api/ops/dead-letters/" + letter.path("id").asString() + "/redrive";
    var once = ops.ask("POST", redrive, "");
    var twice = new Ops(TestingSystem.otherUrl()).ask("POST", redrive, "");
    assertThat(once.path("state").asString()).isEqualTo("redriven");
    assertThat(twice.path("state").asString()).isEqualTo("redriven");
    var entries = TestingSystem.ledger().awaitEntries(id, 4);
    assertThat(entries.getLast().outcome()).isEqualTo("completed");
    assertThat(entries).allSatisfy(entry -> assertThat(entry.user()).isEqualTo("user1"));
    assertThat(simulator.audit(id)).hasSize(4);
    var setting = "dead-letter/" + letter.path("id").asString();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            Ops.one(changes(), "setting", setting).path("to").asString("").equals("redriven"));
    whoeverComesBackGetsTheNewAnswer(id, end.path("sequence_number").asLong());
  }

  private static void whoeverComesBackGetsTheNewAnswer(String id, long failedAt) {
    var user = HttpCaller.of("user1");
    for (var caller : List.of(user, user.elsewhere()))
      for (long after : new long[] {-1, failedAt}) {
        var events = streamed(caller, id, "&starting_after=" + after);
        assertThat(events).extracting(OpsControlsTest::type).doesNotContain("response.failed");
        assertThat(events)
            .extracting(event -> event.path("sequence_number").asLong())
            .isSorted()
            .doesNotHaveDuplicates()
            .allMatch(sequence -> sequence > after);
      }
    try (var socket = ChatClient.elsewhere("user1")) {
      socket.send(
          """
          {"type":"response.resume","stream_id":"r","response_id":"%s","starting_after":%d}\
          """
              .formatted(id, failedAt));
      assertThat(type(socket.awaitEnd("r"))).isEqualTo("response.completed");
      assertThat(socket.text("r")).isEqualTo(ChatClient.wholeText(socket.awaitEnd("r")));
    }
    isRetrievedAsCompleted(user, id);
  }

  private static List<JsonNode> streamed(HttpCaller caller, String id, String from) {
    try (var stream = caller.stream("/v1/responses/" + id + "?stream=true" + from)) {
      assertThat(type(stream.awaitEnd())).isEqualTo("response.completed");
      return stream.events();
    }
  }

  private static void isRetrievedAsCompleted(HttpCaller caller, String id) {
    var retrieved = HttpCaller.json(caller.get("/v1/responses/" + id));
    assertThat(retrieved.path("status").asString("")).isEqualTo("completed");
    assertThat(retrieved.path("id").asString("")).isEqualTo(id);
  }

  private static String type(JsonNode event) {
    return event.path("type").asString("");
  }

  @Test
  void a_request_whose_worker_died_while_it_set_it_aside_is_set_aside_and_not_called()
      throws Exception {
    simulator.latency(20, 1);
    pause();
    var id = ask("deadly");
    redis(
        "HSET sluice:lease:%s owner dead fence 1 state SETTING_ASIDE until 1 attempt 3 history \"3 provider_unavailable 1\\n\""
            .formatted(id));
    ops.pause(LANE, false);
    var end = clients.getLast().awaitEnd("deadly");
    assertThat(end.path("response").path("error").path("code").asString())
        .isEqualTo("request_set_aside");
    var letter = letter(id);
    assertThat(letter.path("attempts").asInt()).isEqualTo(3);
    assertThat(letter.path("history").size()).isEqualTo(1);
    assertThat(simulator.audit(id)).isEmpty();

    ReplyTopic.forgetAll(); // operators may take their time
    ops.ask("POST", "/api/ops/dead-letters/" + letter.path("id").asString() + "/redrive", "");
    var entry = TestingSystem.ledger().awaitEntries(id, 1).getFirst();
    assertThat(entry.attempt()).isEqualTo(4);
    assertThat(entry.outcome()).isEqualTo("completed");
    var user = HttpCaller.of("user1");
    assertThat(type(streamed(user, id, "").getFirst())).isEqualTo("response.created");
    isRetrievedAsCompleted(user, id);
  }

  @Test
  void a_dead_letter_is_discarded_with_a_reason_alone() {
    simulator.latency(20, 1);
    simulator.faults("{\"kind\":\"server_error\",\"times\":3}");
    var id = ask("dead");
    clients.getLast().awaitEnd("dead");
    var path = "/api/ops/dead-letters/" + letter(id).path("id").asString();
    assertThat(ops.refusal("POST", path + "/discard", "{\"reason\":\" \"}"))
        .isEqualTo("missing_required_parameter");
    ops.ask("POST", path + "/discard", "{\"reason\":\"a test\"}");
    var redriven = ops.ask("POST", path + "/redrive", "");
    assertThat(redriven.path("state").asString()).isEqualTo("discarded");
    assertThat(redriven.path("note").asString()).isEqualTo("a test");
    assertThat(ops.refusal("POST", "/api/ops/dead-letters/999999999/redrive", ""))
        .isEqualTo("not_found");
    assertThat(ops.refusal("GET", "/api/ops/dead-letters?limit=0", "")).isEqualTo("invalid_value");
    assertThat(simulator.audit(id)).hasSize(3);
  }

  private JsonNode letter(String requestId) {
    return await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> ops.letters(requestId), letters -> !letters.isEmpty())
        .getFirst();
  }

  @Test
  void what_makes_no_sense_is_refused_with_a_sentence() {
    assertThat(ops.refusal("PUT", "/api/ops/concurrency", "{\"per_worker\":0}"))
        .isEqualTo("invalid_value");
    assertThat(ops.refusal("PUT", "/api/ops/concurrency", "{\"per_worker\":10001}"))
        .isEqualTo("invalid_value");
    assertThat(ops.refusal("PUT", "/api/ops/concurrency", "{}"))
        .isEqualTo("missing_required_parameter");
    assertThat(ops.refusal("PUT", "/api/ops/concurrency", "{\"per_worker\":\"many\"}"))
        .isEqualTo("invalid_json");
    assertThat(ops.refusal("PUT", "/api/ops/workers/nobody/concurrency", "{\"value\":5}"))
        .isEqualTo("not_found");
    assertThat(ops.refusal("PUT", "/api/ops/workers/nobody/drain", "{\"drain\":true}"))
        .isEqualTo("not_found");
    assertThat(ops.refusal("PUT", "/api/ops/lanes/none.interactive/paused", "{\"paused\":true}"))
        .isEqualTo("not_found");
    assertThat(ops.refusal("PUT", "/api/ops/lanes/" + LANE + "/paused", "{}"))
        .isEqualTo("missing_required_parameter");
  }

  /** Returns when the worker has been seen to leave a request where it is. */
  private void pause() {
    ops.setPaused(LANE, true);
    await().atMost(Duration.ofSeconds(2)).until(() -> lane().path("paused").asBoolean());
    await()
        .atMost(Duration.ofSeconds(5))
        .pollInterval(Duration.ofMillis(400))
        .until(() -> {
          ask("until-one-stays" + asked);
          return lane().path("backlog").asLong() > 0;
        });
  }

  /** One command, as a person would type it; answers a number. */
  private static void redis(String command) throws IOException {
    var redis = URI.create(TestingSystem.stack().redis().url());
    try (var socket = new Socket(redis.getHost(), redis.getPort())) {
      socket.getOutputStream().write((command + "\r\n").getBytes(UTF_8));
      assertThat(socket.getInputStream().read()).isEqualTo(':');
    }
  }

  private List<String> askAll(int count) {
    var ids = new ArrayList<String>();
    for (int i = 0; i < count; i++) ids.add(ask("s" + asked));
    return ids;
  }

  private String ask(String stream) {
    if (clients.isEmpty() || asked % 10 == 0) clients.add(ChatClient.of("user1"));
    asked++;
    return clients.getLast().ask(stream, "Question %d [[tokens=10]]".formatted(System.nanoTime()));
  }

  private int asked;

  private void eachCompletes(int count) {
    for (int i = 0; i < count; i++)
      assertThat(clients.get(i / 10).awaitEnd("s" + i).path("type").asString())
          .isEqualTo("response.completed");
  }

  /** On a slow machine an attempt may run out of time; the next has a number of its own. */
  private void eachAttemptIsCalledOnce(List<String> ids) {
    var calls = simulator.calls();
    assertThat(ids)
        .allSatisfy(id ->
            assertThat(calls)
                .filteredOn(
                    call -> call.path("client_request_id").asString("").startsWith(id + "/"))
                .extracting(call -> call.path("client_request_id").asString())
                .doesNotHaveDuplicates());
  }

  private long called(List<String> ids) {
    var calls = simulator.calls();
    return ids.stream()
        .filter(id ->
            calls.stream()
                .anyMatch(call -> call.path("client_request_id").asString("").startsWith(id + "/")))
        .count();
  }

  private JsonNode lane() {
    return ops.lane(LANE);
  }

  private JsonNode worker() {
    return ops.worker(WORKER);
  }

  private JsonNode audited(String setting) {
    return await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> Ops.one(changes(), "setting", setting), found -> found.path("to").asInt() == 200);
  }

  private JsonNode changes() {
    return ops.ask("GET", "/api/ops/audit", "").path("changes");
  }
}
