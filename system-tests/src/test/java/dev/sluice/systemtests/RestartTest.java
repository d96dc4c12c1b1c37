package dev.sluice.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Parts that stop, die and come back: nothing that was acknowledged is lost or doubled. */
class RestartTest {
  private static final int REQUESTS = 30;
  private static final int STREAMS_PER_CLIENT = 10;
  // Two seconds are what Redis or Kafka may take
  private static final Duration SOON = Duration.ofSeconds(4);

  private final Simulator simulator = TestingSystem.simulator();

  @BeforeEach
  @AfterEach
  void behave() {
    simulator.behave();
  }

  @Test
  void requests_that_wait_while_the_worker_is_away_are_answered_by_the_next_one() {
    var worker = TestingSystem.stack().worker(1);
    worker.stop();
    var clients = new ArrayList<ChatClient>();
    try {
      var ids = askAll(clients);
      worker.start();
      eachIsCalledOnceAndCompletes(clients, ids);
    } finally {
      clients.forEach(ChatClient::close);
    }
  }

  @Test
  void a_worker_that_stops_hands_over_what_it_has_not_finished() {
    var worker = TestingSystem.stack().worker(1);
    var clients = new ArrayList<ChatClient>();
    try {
      simulator.latency(300, 10);
      var ids = askAll(clients);
      worker.stop();
      worker.start();
      eachIsCalledOnceAndCompletes(clients, ids);
    } finally {
      clients.forEach(ChatClient::close);
    }
  }

  @Test
  void the_chat_goes_on_while_postgres_is_down_and_the_ledger_catches_up() {
    var postgres = TestingSystem.stack().postgres();
    postgres.stop();
    var ids = new ArrayList<String>();
    try (var client = ChatClient.of("user1")) {
      for (int i = 0; i < 5; i++) {
        ids.add(client.ask("s" + i, "Question " + i));
        assertThat(client.awaitEnd("s" + i).path("type").asString())
            .isEqualTo("response.completed");
      }
    } finally {
      postgres.start();
    }
    ids.forEach(id -> TestingSystem.ledger().awaitEntries(id, 1));
  }

  @Test
  void redis_that_restarts_under_load_costs_no_request_and_while_it_is_away_none_is_accepted() {
    var redis = TestingSystem.stack().redis();
    var clients = new ArrayList<ChatClient>();
    try (var client = ChatClient.of("user1")) {
      simulator.latency(300, 50);
      var ids = askAll(clients);
      redis.stop();
      try {
        assertRefusedSoon(client);
        var readiness = TestingSystem.stack().worker(1).url() + "/actuator/health/readiness";
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> TestingSystem.get(readiness).statusCode() == 503);
        var why = TestingSystem.JSON.readTree(TestingSystem.get(readiness).body());
        assertThat(why.path("components").path("redis").path("status").asString())
            .isEqualTo("DOWN");
      } finally {
        redis.start();
      }
      eachIsCalledOnceAndCompletes(clients, ids);
      await().atMost(Duration.ofSeconds(60)).until(() -> isAnswered(client));
    } finally {
      clients.forEach(ChatClient::close);
    }
  }

  @Test
  void kafka_that_restarts_under_load_costs_no_request() {
    var kafka = TestingSystem.stack().kafka();
    var clients = new ArrayList<ChatClient>();
    try {
      simulator.latency(300, 100);
      var ids = askAll(clients);
      kafka.stop();
      kafka.start();
      eachIsCalledOnceAndCompletes(clients, ids);
    } finally {
      clients.forEach(ChatClient::close);
    }
  }

  @Test
  void while_kafka_does_not_answer_nothing_is_accepted_and_that_is_said_soon() {
    var kafka = TestingSystem.stack().kafka();
    try (var client = ChatClient.of("user1")) {
      client.ask("before", "A question before");
      client.awaitEnd("before");
      kafka.suspend();
      try {
        assertRefusedSoon(client);
      } finally {
        kafka.resume();
      }
      await().atMost(Duration.ofSeconds(60)).until(() -> isAnswered(client));
    }
  }

  /** Over the socket and over HTTP, with the time to come again. */
  private static void assertRefusedSoon(ChatClient client) {
    long asked = System.nanoTime();
    client.send(ChatClient.question("during", "A question during"));
    var refusal = client.awaitType("error");
    assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(SOON);
    assertThat(refusal.path("error").path("code").asString()).isEqualTo("service_unavailable");
    assertThat(refusal.path("status").asInt()).isEqualTo(503);
    assertThat(refusal.path("headers").path("retry-after").asString()).isNotBlank();
    asked = System.nanoTime();
    var answer = HttpCaller.of("user1").post("/v1/responses", HttpCaller.question("During"));
    assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(SOON);
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("retry-after")).isPresent();
  }

  private static boolean isAnswered(ChatClient client) {
    client.forget();
    client.send(ChatClient.question("after", "A question after"));
    return client
        .awaitFrame(frame ->
            frame.path("type").asString().equals("error")
                || ChatClient.TERMINAL.contains(frame.path("type").asString()))
        .path("type")
        .asString()
        .equals("response.completed");
  }

  private static List<String> askAll(List<ChatClient> clients) {
    var ids = new ArrayList<String>();
    for (int i = 0; i < REQUESTS; i++) {
      if (i % STREAMS_PER_CLIENT == 0) clients.add(ChatClient.of("user1"));
      ids.add(clients.getLast().ask("s" + i, "Question %d [[tokens=30]]".formatted(i)));
    }
    return ids;
  }

  private void eachIsCalledOnceAndCompletes(List<ChatClient> clients, List<String> ids) {
    for (int i = 0; i < REQUESTS; i++) {
      var client = clients.get(i / STREAMS_PER_CLIENT);
      var end = client.awaitEnd("s" + i);
      assertThat(end.path("type").asString())
          .as(end.path("response").path("error").toString())
          .isEqualTo("response.completed");
      assertThat(client.text("s" + i)).isEqualTo(ChatClient.wholeText(end));
      inOrderAndOnce(client, "s" + i);
    }
    assertThat(ids).allSatisfy(id -> assertThat(simulator.audit(id)).hasSize(1));
  }

  private static void inOrderAndOnce(ChatClient client, String streamId) {
    var numbers =
        client.events(streamId).stream()
            .map(event -> event.path("sequence_number").asLong())
            .toList();
    assertThat(numbers).isSorted().doesNotHaveDuplicates();
    assertThat(client.events(streamId))
        .filteredOn(event -> ChatClient.TERMINAL.contains(event.path("type").asString()))
        .hasSize(1);
  }
}
