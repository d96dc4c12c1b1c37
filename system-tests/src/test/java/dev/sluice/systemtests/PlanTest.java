package dev.sluice.systemtests;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.common.budget.Bandwidth;
import dev.sluice.common.budget.Demand;
import dev.sluice.common.budget.Plan.Flow;
import dev.sluice.common.budget.Planner;
import dev.sluice.common.budget.Tier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the planner foretells is what the workers do. */
class PlanTest {
  // On a pool that no other test uses, so that nothing else draws on its budget.
  private static final String MODEL = "gpt-4o";
  private static final Tier TIER_5 = new Tier(10_000, 30_000_000, null, null);
  private static final int CHARGED = 100_000;
  private static final int CONNECTIONS = 7;
  private static final int STREAMS = 16;
  // 22 % of a minute's tokens may go at once, once the provider has shown that they are there
  private static final int BURST = 68;

  private final Simulator simulator = TestingSystem.simulator();

  @Test
  void a_saturated_limit_lets_through_what_was_foretold() {
    simulator.behave();
    var plan =
        (Flow)
            new Planner(Planner.UTILISATION, Planner.BURST)
                .plan(TIER_5, new Demand(100, CHARGED, ofMillis(100)));
    assertThat(plan.tightest().bandwidth()).isEqualTo(Bandwidth.TPM);

    askAtOnce("gpt-4o-mini"); // a cold worker is late with its first calls, which then come at once
    var starts = startsOf(askAtOnce(MODEL));

    var first = starts.get(BURST);
    var last = starts.getLast();
    double perSecond =
        (starts.size() - 1 - BURST) / (Duration.between(first, last).toMillis() / 1e3);
    assertThat(perSecond)
        .isCloseTo(plan.atFirst().throughput(), within(0.05 * plan.atFirst().throughput()));
  }

  /** Far more than the budget lets through; the ids of the responses once all have ended. */
  private static Set<String> askAtOnce(String model) {
    var clients = new ArrayList<ChatClient>();
    var ids = new HashSet<String>();
    try {
      for (int i = 0; i < CONNECTIONS; i++) clients.add(ChatClient.of("user1"));
      for (var client : clients)
        for (int stream = 0; stream < STREAMS; stream++) client.send(question(model, "s" + stream));
      for (var client : clients)
        for (int stream = 0; stream < STREAMS; stream++) {
          var end = client.awaitEnd("s" + stream);
          assertThat(end.path("type").asString()).isEqualTo("response.completed");
          ids.add(end.path("response").path("id").asString());
        }
      return ids;
    } finally {
      clients.forEach(ChatClient::close);
    }
  }

  private static String question(String model, String stream) {
    return """
    {"type":"response.create","stream_id":"%s","model":"%s","input":"hi [[tokens=3]]","max_output_tokens":%d}
    """
        .formatted(stream, model, CHARGED);
  }

  /** When the provider saw each call, in order. */
  private List<Instant> startsOf(Set<String> ids) {
    var starts =
        simulator.calls().stream()
            .filter(call -> ids.contains(call.path("client_request_id").asString("").split("/")[0]))
            .map(call -> Instant.parse(call.path("received_at").asString()))
            .sorted()
            .toList();
    assertThat(starts).hasSizeGreaterThanOrEqualTo(ids.size()); // an attempt more draws as much
    return starts;
  }

  @Test
  void the_planner_assumes_what_the_workers_do_unless_told_otherwise() throws IOException {
    assertThat(workerDefault("utilisation")).isEqualTo(Planner.UTILISATION);
    assertThat(workerDefault("burst")).isEqualTo(Planner.BURST);
  }

  private static double workerDefault(String name) throws IOException {
    var metadata =
        Files.readString(
            Path.of(
                "../worker-service/target/classes/META-INF/spring-configuration-metadata.json"));
    for (var property : TestingSystem.JSON.readTree(metadata).path("properties"))
      if (property.path("name").asString().equals("sluice.budget-schedule." + name))
        return property.path("defaultValue").asDouble();
    throw new AssertionError("sluice.budget-schedule." + name + " is no setting of the worker");
  }
}
