package dev.sluice.systemtests;

import static java.time.Duration.ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.localstack.Part;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.GroupState;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;

/** Three workers and two apis: workers join, leave, die and freeze with requests in flight. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FleetTest {
  private static final int STREAMS_PER_CLIENT = 10;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  // Session timeout, lease, and the events that are left; twice that for a busy machine
  private static final Duration TAKEN_OVER_WITHIN = Duration.ofSeconds(30);

  /*
   * They wait long for the provider, since a machine that is busy with all this is slow, and commit
   * their offsets when they leave alone: one that dies has committed nothing of what it has ended.
   */
  private static final Map<String, String> PATIENT =
      Map.of(
          "SLUICE_MODEL_FIRSTTOKENTIMEOUT", "5m",
          "SLUICE_MODEL_BETWEENTOKENSTIMEOUT", "5m",
          "SLUICE_INTAKE_DRAIN", "15s",
          "SLUICE_INTAKE_COMMITEVERY", "1h",
          "SLUICE_LEASE_MAXLOST", "2");

  private static final Ops OPS = new Ops();
  private static final Part IMPATIENT = TestingSystem.stack().worker(1);

  private static List<Part> fleet = List.of();

  private final Simulator simulator = TestingSystem.simulator();
  private final List<Asked> asked = new ArrayList<>();

  private record Asked(ChatClient client, String stream, String id) {
    JsonNode end() {
      return client.awaitEnd(stream);
    }

    String error() {
      return end().path("response").path("error").path("code").asString("");
    }
  }

  @BeforeAll
  static void startTheFleet() {
    var stack = TestingSystem.stack();
    var added = new ConcurrentLinkedQueue<Part>();
    Runnable add = () -> added.add(stack.addWorker(PATIENT));
    together(List.of(add, add, add, TestingSystem::otherUrl));
    fleet = List.copyOf(added);
    OPS.drain(IMPATIENT, true);
  }

  @AfterAll
  static void stopTheFleet() {
    OPS.drain(IMPATIENT, false);
    together(fleet.stream().<Runnable>map(worker -> worker::stop).toList());
  }

  @BeforeEach
  void behave() {
    simulator.behave();
    together(
        fleet.stream()
            .filter(worker -> worker.pid().isEmpty())
            .<Runnable>map(worker -> worker::start)
            .toList());
    fleet.forEach(worker -> OPS.awaitState(worker, "running"));
    awaitStable(fleet.size());
  }

  @AfterEach
  void close() {
    asked.forEach(each -> each.client().close());
    simulator.behave();
  }

  @Test
  void a_worker_joins_and_one_leaves_with_200_in_flight_and_none_is_called_twice() {
    var joins = fleet.get(2);
    var leaves = fleet.get(1);
    OPS.drain(joins, true);
    awaitStable(2);
    simulator.latency(1_000, 200);
    ask("user1", TestingSystem.url(), 100, 20);
    ask("user2", TestingSystem.otherUrl(), 100, 20);
    await().atMost(PATIENCE).until(() -> called() == 200);
    OPS.drain(joins, false);
    leaves.stop();
    OPS.awaitState(leaves, "stopped");
    eachEndsOnce();
    assertThat(asked)
        .allSatisfy(
            each -> assertThat(each.end().path("type").asString()).isEqualTo("response.completed"));
    assertThat(calls()).containsExactlyInAnyOrderElementsOf(ids());
  }

  @Test
  void a_worker_is_killed_with_100_in_flight_and_each_client_has_one_end() {
    ask("user1", TestingSystem.url(), 10, 10);
    eachEndsOnce();
    simulator.faults("{\"kind\":\"server_error\",\"times\":3}");
    ask("user1", TestingSystem.url(), 1, 10);
    assertThat(asked.getLast().error()).isEqualTo("provider_unavailable");
    var ended = List.copyOf(asked);
    asked.clear();

    simulator.latency(200, 400);
    ask("user1", TestingSystem.url(), 40, 30);
    ask("user1", TestingSystem.otherUrl(), 40, 30);
    await().atMost(PATIENCE).until(() -> called() == 80);
    asked.forEach(each -> each.client().awaitType("response.output_text.delta"));
    var begun = List.copyOf(asked);
    simulator.latency(600_000, 400);
    ask("user1", TestingSystem.otherUrl(), 20, 10);
    await().atMost(PATIENCE).until(() -> called() == 100);
    var notBegun = List.copyOf(asked.subList(80, 100));
    var busy = busy(100);
    double repeated = repeated(busy);
    int frames = frames(ended);

    busy.kill();
    long killedAt = System.nanoTime();
    simulator.behave();
    eachEndsOnce();
    var redelivered = Duration.ofNanos(System.nanoTime() - killedAt);
    System.out.println("All 100 requests of a killed worker ended after " + redelivered);
    assertThat(redelivered).isLessThan(TAKEN_OVER_WITHIN);
    brokeOff(begun);
    areCalledAgain(notBegun);
    await().atMost(PATIENCE).until(() -> repeated(busy) - repeated >= ended.size());
    asked.addAll(ended);
    eachEndsOnce();
    areNotCalledAgain(ended, frames);
  }

  /** A text that has begun cannot be called again without doubling it. */
  private static void brokeOff(List<Asked> begun) {
    assertThat(begun)
        .allSatisfy(each -> assertThat(each.error()).isIn("worker_lost", ""))
        .anySatisfy(each -> {
          assertThat(each.error()).isEqualTo("worker_lost");
          var lost = TestingSystem.ledger().awaitEntries(each.id(), 1).getFirst();
          assertThat(lost.outcome()).isEqualTo("lost");
          assertThat(lost.estimated()).isTrue();
          assertThat(lost.outputTokens()).isPositive();
        });
  }

  private void areCalledAgain(List<Asked> notBegun) {
    assertThat(notBegun)
        .allSatisfy(each -> {
          assertThat(each.end().path("type").asString()).isEqualTo("response.completed");
          assertThat(simulator.audit(each.id())).hasSize(2);
          assertThat(TestingSystem.ledger().awaitEntries(each.id(), 2))
              .extracting(Ledger.Entry::outcome)
              .containsExactly("lost", "completed");
        });
  }

  /** The last of them was set aside. */
  private void areNotCalledAgain(List<Asked> ended, int frames) {
    assertThat(frames(ended)).isEqualTo(frames);
    for (var each : ended.subList(0, ended.size() - 1))
      assertThat(simulator.audit(each.id())).hasSize(1);
    assertThat(simulator.audit(ended.getLast().id())).hasSize(3);
    assertThat(OPS.letters(ended.getLast().id())).hasSize(1);
  }

  @Test
  void what_a_frozen_worker_sends_when_it_thaws_reaches_no_client() {
    simulator.latency(200, 400);
    ask("user1", TestingSystem.url(), 20, 45);
    ask("user1", TestingSystem.otherUrl(), 20, 45);
    await().atMost(PATIENCE).until(() -> called() == 40);
    asked.forEach(each -> each.client().awaitType("response.output_text.delta"));
    var busy = busy(asked.size());
    busy.suspend();
    try {
      eachEndsOnce();
    } finally {
      busy.resume();
    }
    int frames = frames(asked);
    await().atMost(PATIENCE).until(() -> inFlight(busy) == 0);
    OPS.awaitState(busy, "running");
    assertThat(frames(asked)).isEqualTo(frames);
    eachEndsOnce();
  }

  @Test
  @Order(Integer.MAX_VALUE) // two workers are not started again for nobody
  void a_request_that_kills_its_workers_is_set_aside_stops_no_other_and_can_be_redriven() {
    simulator.latency(600_000, 5);
    ask("user2", TestingSystem.url(), 1, 10);
    var deadly = asked.getFirst();
    for (int killed = 0; killed < 2; killed++) {
      int attempts = killed + 1;
      await().atMost(PATIENCE).until(() -> simulator.audit(deadly.id()).size() == attempts);
      anotherIsAnswered();
      simulator.latency(600_000, 5); // for the next attempt of the deadly one
      busy(1).kill();
    }
    assertThat(deadly.error()).isEqualTo("request_set_aside");
    anotherIsAnswered();
    var letter = await().until(() -> OPS.letters(deadly.id()), found -> found.size() == 1);
    assertThat(letter.getFirst().path("attempts").asInt()).isEqualTo(2);
    assertThat(letter.getFirst().path("history"))
        .extracting(attempt -> attempt.path("code").asString())
        .containsExactly("worker_lost", "worker_lost");
    var id = letter.getFirst().path("id").asString();
    OPS.ask("POST", "/api/ops/dead-letters/" + id + "/redrive", "");
    assertThat(TestingSystem.ledger().awaitEntries(deadly.id(), 3))
        .extracting(Ledger.Entry::outcome)
        .containsExactly("lost", "lost", "completed");
    assertThat(simulator.audit(deadly.id())).hasSize(3);
  }

  private void anotherIsAnswered() {
    simulator.behave();
    ask("user2", TestingSystem.otherUrl(), 1, 10);
    assertThat(asked.getLast().end().path("type").asString()).isEqualTo("response.completed");
  }

  private void ask(String account, String api, int count, int tokens) {
    var token = TestingSystem.token(account);
    for (int from = 0; from < count; from += STREAMS_PER_CLIENT) {
      var client = ChatClient.at(api, token);
      int streams = Math.min(STREAMS_PER_CLIENT, count - from);
      for (int i = 0; i < streams; i++)
        client.send(
            ChatClient.question(
                "s" + i, "Question %d [[tokens=%d]]".formatted(System.nanoTime(), tokens)));
      for (int i = 0; i < streams; i++) asked.add(new Asked(client, "s" + i, client.id("s" + i)));
    }
  }

  private void eachEndsOnce() {
    for (var each : asked) {
      var end = each.end();
      var events = each.client().events(each.stream());
      assertThat(events.stream().map(event -> event.path("sequence_number").asLong()).toList())
          .isSorted()
          .doesNotHaveDuplicates();
      assertThat(events)
          .filteredOn(event -> ChatClient.TERMINAL.contains(event.path("type").asString()))
          .hasSize(1);
      if (end.path("type").asString().equals("response.completed"))
        assertThat(each.client().text(each.stream())).isEqualTo(ChatClient.wholeText(end));
    }
  }

  private static int frames(List<Asked> of) {
    return of.stream().mapToInt(each -> each.client().events(each.stream()).size()).sum();
  }

  private long called() {
    return calls().stream().distinct().count();
  }

  /** The requests of these calls that were asked here, as often as they were called. */
  private List<String> calls() {
    var ids = Set.copyOf(ids());
    return simulator.calls().stream()
        .map(call -> call.path("client_request_id").asString("").split("/", 2)[0])
        .filter(ids::contains)
        .toList();
  }

  private List<String> ids() {
    return asked.stream().map(Asked::id).toList();
  }

  /** The worker that has so many in flight: a user has one partition. */
  private static Part busy(int most) {
    return await()
        .atMost(PATIENCE)
        .until(
            () ->
                fleet.stream()
                    .filter(worker -> worker.pid().isPresent() && inFlight(worker) >= most)
                    .findFirst()
                    .orElse(null),
            worker -> worker != null);
  }

  private static int inFlight(Part worker) {
    return OPS.worker(worker).path("in_flight").asInt(-1);
  }

  /** Deliveries that the others have recognised: their requests had ended. */
  private static double repeated(Part butNotBy) {
    return fleet.stream()
        .filter(worker -> !worker.equals(butNotBy))
        .mapToDouble(worker ->
            new Metrics(worker.url()).value("sluice_requests_total", "outcome=\"repeated\""))
        .sum();
  }

  /** So many workers share the partitions, and none is on its way from one to another. */
  private static void awaitStable(int workers) {
    Map<String, Object> broker = Map.of("bootstrap.servers", TestingSystem.stack().kafka().url());
    try (var admin = Admin.create(broker)) {
      await()
          .pollDelay(ZERO)
          .atMost(PATIENCE)
          .until(() -> {
            var group =
                admin.describeConsumerGroups(List.of("sluice-workers")).all().get().values();
            return group.stream()
                .allMatch(
                    it -> it.groupState() == GroupState.STABLE && it.members().size() == workers);
          });
    }
  }

  private static void together(List<Runnable> actions) {
    CompletableFuture.allOf(
            actions.stream().map(CompletableFuture::runAsync).toArray(CompletableFuture[]::new))
        .join();
  }
}
