package dev.sluice.worker.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.message.AttemptSettled;
import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.message.UsageEvent;
import dev.sluice.common.token.TokenCounter;
import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.Priority;
import dev.sluice.common.topic.Reply;
import dev.sluice.simulator.OpenAiSimulator;
import dev.sluice.simulator.SimulatorOptions;
import dev.sluice.worker.TestingWorker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the provider can do to a call, and what client, ledger, metrics and budget see of it: the
 * taxonomy, row by row, on a real Kafka, Redis and simulator. Each row has a pool and a model of
 * its own, so they run side by side.
 */
class ProviderBehaviourTest {
  /*
   * fault     what the provider does, see the simulator's README; nothing: it answers
   * client    how the response ends: completed, or the error's code; with "+text" it had begun
   * attempts  what the ledger and sluice.attempts hear of each, by its code; "answered" is completed
   * charges   how many of them stay charged in tokens (what a 429 did not charge is given back)
   * pool      as it was | slower (every worker waits; 5 % less for a minute) | half (grew too fast:
   *           half, and gradually back) | closed (nobody calls until a probe succeeds)
   */
  private static final String TABLE =
      """
      fault                                                                                         | client                        | attempts                                                       | charges | pool
                                                                                                    | completed                     | answered                                                       | 1       | as it was
      {"kind":"rate_limit","retry_after_ms":700}                                                    | completed                     | rate_limit_exceeded answered                                   | 1       | slower
      {"kind":"rate_limit","retry_after_ms":20,"times":9}                                           | rate_limit_exceeded           | rate_limit_exceeded rate_limit_exceeded rate_limit_exceeded    | 0       | slower
      {"kind":"rate_limit","retry_after_ms":90000}                                                  | rate_limit_exceeded           | rate_limit_exceeded                                            | 0       | slower
      {"kind":"rate_limit","code":"of_tomorrow","retry_after_ms":20}                                | completed                     | rate_limit_exceeded answered                                   | 1       | slower
      {"kind":"slow_down","retry_after_ms":300}                                                     | completed                     | rate_limit_exceeded answered                                   | 1       | half
      {"kind":"slow_down","status":503,"retry_after_ms":20}                                         | completed                     | rate_limit_exceeded answered                                   | 1       | half
      {"kind":"insufficient_quota"}                                                                 | insufficient_quota            | insufficient_quota                                             | 1       | closed
      {"kind":"insufficient_quota","code":"credit_balance_exhausted"}                               | insufficient_quota            | insufficient_quota                                             | 1       | closed
      {"kind":"insufficient_quota","code":"organization_spend_limit_exceeded"}                      | insufficient_quota            | insufficient_quota                                             | 1       | closed
      {"kind":"insufficient_quota","code":"project_spend_limit_exceeded"}                           | insufficient_quota            | insufficient_quota                                             | 1       | closed
      {"kind":"insufficient_quota","code":"organization_usage_limit_exceeded"}                      | insufficient_quota            | insufficient_quota                                             | 1       | closed
      {"kind":"bad_key"}                                                                            | provider_credentials_rejected | provider_credentials_rejected                                  | 1       | closed
      {"kind":"rate_limit","status":403,"code":"unsupported_country_region_territory"}              | provider_credentials_rejected | provider_credentials_rejected                                  | 1       | closed
      {"kind":"server_error"}                                                                       | completed                     | provider_unavailable answered                                  | 2       | as it was
      {"kind":"server_error","times":9}                                                             | provider_unavailable          | provider_unavailable provider_unavailable provider_unavailable | 3       | as it was
      {"kind":"server_error","status":408,"code":"timeout"}                                         | completed                     | provider_unavailable answered                                  | 2       | as it was
      {"kind":"server_error","status":409,"code":"conflict"}                                        | completed                     | provider_unavailable answered                                  | 2       | as it was
      {"kind":"overloaded"}                                                                         | completed                     | provider_unavailable answered                                  | 2       | as it was
      {"kind":"proxy_error"}                                                                        | completed                     | provider_unavailable answered                                  | 2       | as it was
      {"kind":"proxy_error","status":400}                                                           | provider_rejected             | provider_rejected                                              | 1       | as it was
      {"kind":"rate_limit","status":400,"code":"invalid_prompt"}                                    | invalid_prompt                | provider_rejected                                              | 1       | as it was
      {"kind":"rate_limit","status":404,"code":"model_not_found"}                                   | model_not_found               | provider_rejected                                              | 1       | as it was
      {"kind":"context_length"}                                                                     | completed                     | provider_rejected answered                                     | 2       | as it was
      {"kind":"context_length","times":9}                                                           | context_length_exceeded       | provider_rejected provider_rejected                            | 2       | as it was
      {"kind":"failed_event"}                                                                       | completed                     | provider_unavailable answered                                  | 2       | as it was
      {"kind":"failed_event","code":"rate_limit_exceeded"}                                          | completed                     | rate_limit_exceeded answered                                   | 1       | slower
      {"kind":"failed_event","code":"invalid_prompt"}                                               | invalid_prompt                | provider_rejected                                              | 1       | as it was
      {"kind":"failed_event","code":"context_length_exceeded"}                                      | context_length_exceeded       | provider_rejected                                              | 1       | as it was
      {"kind":"failed_event","at_token":5}                                                          | provider_unavailable +text    | provider_unavailable                                           | 1       | as it was
      {"kind":"malformed_event"}                                                                    | completed                     | provider_stream_cut answered                                   | 2       | as it was
      {"kind":"malformed_event","at_token":5}                                                       | provider_stream_cut +text     | provider_stream_cut                                            | 1       | as it was
      {"kind":"cut"}                                                                                | completed                     | provider_stream_cut answered                                   | 2       | as it was
      {"kind":"cut","at_token":5}                                                                   | provider_stream_cut +text     | provider_stream_cut                                            | 1       | as it was
      {"kind":"hang"}                                                                               | completed                     | provider_timeout answered                                      | 2       | as it was
      {"kind":"hang","ms":20}                                                                       | completed                     | provider_unavailable answered                                  | 2       | as it was
      {"kind":"hang","after_headers":true}                                                          | completed                     | provider_timeout answered                                      | 2       | as it was
      {"kind":"hang","after_headers":true,"at_token":5}                                             | provider_timeout +text        | provider_timeout                                               | 1       | as it was
      {"kind":"slow_first_token","ms":1}                                                            | provider_timeout +text        | provider_timeout                                               | 1       | as it was
      """;

  /** Of it an answer has so many tokens that it takes longer than a call may. */
  private static final String ENDLESS = "slow_first_token";

  private static final int CHARGE = 1_000;
  private static final int ENDLESS_CHARGE = 2_000;
  private static final int TPD = 600_000;
  private static final int RPD = 1_000;
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final JsonMapper JSON = new JsonMapper();
  private static final String RUN = UUID.randomUUID().toString().substring(0, 8);
  // Small codes and figures of their own for the tests beside the table
  private static final int RAMP = 100;
  private static final int WARM_UP = 110;
  private static final String CONTEXT_MODEL = "gpt-3.5-turbo-9999";
  private static final String ESTIMATE_MODEL = "gpt-4o-9999";

  private static final List<Row> ROWS = rows();
  private static OpenAiSimulator simulator;
  private static TestingWorker worker;
  private static List<Reply> replies;
  private static List<UsageEvent> usage;
  private static List<JsonNode> calls;

  private record Row(
      int number, String fault, String client, List<String> attempts, int charges, String pool) {
    static Row of(int number, String line) {
      var cells = Arrays.stream(line.split("\\|")).map(String::strip).toList();
      return new Row(
          number,
          cells.get(0),
          cells.get(1),
          List.of(cells.get(2).split(" ")),
          Integer.parseInt(cells.get(3)),
          cells.get(4));
    }

    String model() {
      return modelOf(number);
    }

    String id() {
      return "resp_%s_%d".formatted(RUN, number);
    }

    @Override
    public String toString() {
      return fault.isEmpty() ? "nothing" : fault;
    }
  }

  private static List<Row> rows() {
    var lines = TABLE.lines().skip(1).toList();
    var rows = new ArrayList<Row>();
    for (int i = 0; i < lines.size(); i++) rows.add(Row.of(i, lines.get(i)));
    return rows;
  }

  @BeforeAll
  static void run() throws Exception {
    simulator =
        OpenAiSimulator.start(
            SimulatorOptions.defaults().withTier("tier-5").withLatency(20, 10, 0));
    simulator.setFaults(faults());
    worker = new TestingWorker(settings());
    for (int i = 0; i < 3; i++) ask(WARM_UP, WARM_UP + i, conversation(5), CHARGE);
    // All at once would be more than a busy machine answers in time; the last rows take longest
    try (var threads = Executors.newFixedThreadPool(12)) {
      for (var row : ROWS.reversed()) threads.submit(() -> ask(row));
    }
    replies = worker.replies();
    usage = worker.usage();
    calls = simulator.audit().lines().map(JSON::readTree).toList();
  }

  @AfterAll
  static void close() {
    worker.close();
    simulator.close();
  }

  static List<Row> table() {
    return ROWS;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("table")
  void the_client_sees(Row row) {
    var events = events(row.id());
    var expected = row.client.split(" \\+");
    var end = events.getLast();
    boolean isWhole = expected[0].equals("completed");
    assertThat(end.path("type").asString())
        .isEqualTo(isWhole ? "response.completed" : "response.failed");
    if (!isWhole)
      assertThat(end.path("response").path("error").path("code").asString()).isEqualTo(expected[0]);
    boolean hasText = text(events).length() > 0;
    assertThat(hasText).isEqualTo(isWhole || expected.length > 1);
    if (isWhole) assertThat(text(events)).isEqualTo(wholeText(end));
    assertThat(events.stream().filter(event -> isEnd(event.path("type").asString()))).hasSize(1);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("table")
  void the_ledger_and_the_metrics_hear(Row row) {
    var settled =
        usage.stream()
            .filter(event -> event.requestId().equals(row.id()))
            .filter(AttemptSettled.class::isInstance)
            .map(AttemptSettled.class::cast)
            .sorted(Comparator.comparingInt(AttemptSettled::attempt))
            .toList();
    assertThat(settled).extracting(ProviderBehaviourTest::codeOf).isEqualTo(row.attempts);
    if (row.client.endsWith("+text")) assertThat(settled.getLast().usage().output()).isPositive();
    assertThat(callsOf(row)).hasSameSizeAs(row.attempts);
    row.attempts.stream()
        .collect(Collectors.groupingBy(code -> code, Collectors.counting()))
        .forEach((code, count) ->
            assertThat(
                    worker
                        .meters()
                        .get("sluice.attempts")
                        .tags("model", row.model(), "code", code)
                        .counter()
                        .count())
                .isEqualTo((double) count));
  }

  /** Of a day's limits next to nothing is refilled, so what was charged can be read off. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("table")
  void the_budget_reacts(Row row) {
    long charge = row.fault.contains(ENDLESS) ? ENDLESS_CHARGE : CHARGE;
    eventually(row + " requests", () -> charged(row, "RPD", RPD) == row.attempts.size());
    eventually(
        row + " tokens",
        () -> Math.round((double) charged(row, "TPD", TPD) / charge) == row.charges);
    eventually(row + " pool", () -> pool(row).equals(row.pool));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("table")
  void the_providers_own_wish_is_waited_for(Row row) {
    var calls = callsOf(row);
    if (calls.size() < 2) return;
    var fault = JSON.readTree(row.fault);
    long wish =
        switch (fault.path("kind").asString()) {
          case "rate_limit", "slow_down" -> fault.path("retry_after_ms").asLong();
          case "overloaded" -> 5_000; // longer than the backoff
          default -> 0;
        };
    assertThat(Duration.between(at(calls.get(0)), at(calls.get(1))))
        .isGreaterThanOrEqualTo(Duration.ofMillis(wish));
  }

  @Test
  void after_slow_down_the_pool_climbs_back_gradually() throws Exception {
    simulator.setFaults(
        "{\"faults\":[{\"kind\":\"slow_down\",\"retry_after_ms\":20,\"model\":\"%s\"}]}"
            .formatted(modelOf(RAMP)));
    ask(RAMP, RAMP, conversation(1), CHARGE);
    await().atMost(SOON).until(() -> share(RAMP) < 1);
    double before = share(RAMP);
    assertThat(before).isBetween(0.5, 0.7);
    ask(RAMP, RAMP + 3, conversation(1), CHARGE);
    await().atMost(SOON).until(() -> share(RAMP) > before);
    assertThat(share(RAMP)).isLessThan(0.9);
  }

  @Test
  void a_refusal_for_length_is_answered_by_a_shorter_conversation_and_the_client_is_told() {
    var row =
        ROWS.stream()
            .filter(it -> it.client.equals("completed") && it.fault.contains("context_length"))
            .findFirst()
            .orElseThrow();
    var events = events(row.id());
    var trimmed = events.getFirst().path("sluice").path("trimmed");
    assertThat(trimmed.path("dropped_items").asInt()).isPositive();
    assertThat(trimmed.path("dropped_tokens").asInt()).isPositive();
    assertThat(events.stream().filter(event -> event.has("sluice"))).hasSize(1);
    var settled =
        usage.stream()
            .filter(AttemptSettled.class::isInstance)
            .map(AttemptSettled.class::cast)
            .filter(event -> event.requestId().equals(row.id()))
            .toList();
    // The ledger counts it as a saving of the attempt that was charged
    assertThat(settled.getFirst().droppedTokens()).isNull();
    assertThat(settled.getLast().droppedTokens())
        .isEqualTo(trimmed.path("dropped_tokens").asLong());
  }

  @Test
  void a_conversation_that_the_model_cannot_hold_is_cut_to_what_it_can() throws Exception {
    int number = RAMP + 1;
    var id = ask(number, number, longConversation(), 0);
    assertThat(events(worker.replies(), id).getLast().path("type").asString())
        .isEqualTo("response.completed");
    var made = callsOf(id);
    assertThat(made).hasSize(2);
    // Room for the answer is left, and no more goes than a step beyond it
    assertThat(made.get(1).path("input_tokens").asLong()).isBetween(8_000L, 12_289L);
  }

  @Test
  void what_is_reserved_nears_what_the_provider_charges() throws Exception {
    int number = RAMP + 2;
    var errors = new ArrayList<Double>();
    // The first ones only show how the provider counts
    for (int i = 0; i < 300 && learnt() < 12; i++) {
      double before = used(number);
      var id = ask(number, 200 + i, code(), 0);
      await()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(10))
          .atMost(SOON)
          .until(() -> used(number) > before);
      double charged = callsOf(id).getFirst().path("charged_tokens").asDouble();
      errors.add(Math.abs(used(number) - before - charged) / charged);
    }
    assertThat(errors.getFirst()).isGreaterThan(0.3);
    assertThat(errors.getLast()).isLessThan(errors.getFirst() / 3);
  }

  /** How many calls have shown what they were charged. */
  private static long learnt() {
    var errors =
        worker.meters().find("sluice.estimate.charge.error").tag("model", ESTIMATE_MODEL).summary();
    return errors == null ? 0 : errors.count();
  }

  private static String codeOf(AttemptSettled settled) {
    var code = settled.errorCode();
    return code == null && settled.outcome().equals("completed")
        ? "answered"
        : String.valueOf(code);
  }

  private static void eventually(String what, BooleanSupplier holds) {
    await(what).pollDelay(Duration.ZERO).atMost(SOON).until(holds::getAsBoolean);
  }

  private static long charged(Row row, String bandwidth, int limit) {
    long whole = (long) (limit * 0.995);
    return whole - (long) gauge("sluice.budget.available", row.number, "bandwidth", bandwidth);
  }

  private static String pool(Row row) {
    if (gauge("sluice.budget.circuit.open", row.number) == 1) return "closed";
    double share = share(row.number);
    if (share == 1) return "as it was";
    return share < 0.9 ? "half" : "slower";
  }

  private static double share(int number) {
    return gauge("sluice.budget.share", number);
  }

  private static double used(int number) {
    var counter = worker.meters().find("sluice.budget.used").tag("pool", poolOf(number)).counter();
    return counter == null ? 0 : counter.count();
  }

  private static double gauge(String name, int number, String... tags) {
    return worker.meters().get(name).tag("pool", poolOf(number)).tags(tags).gauge().value();
  }

  private static List<JsonNode> events(String id) {
    return events(replies, id);
  }

  private static List<JsonNode> events(List<Reply> of, String id) {
    return of.stream()
        .filter(reply -> reply.responseId().equals(id))
        .map(reply -> JSON.readTree(reply.event()))
        .toList();
  }

  private static boolean isEnd(String type) {
    return List.of("response.completed", "response.failed", "response.incomplete").contains(type);
  }

  private static String text(List<JsonNode> events) {
    return events.stream()
        .filter(event -> event.path("type").asString().equals("response.output_text.delta"))
        .map(event -> event.path("delta").asString())
        .collect(Collectors.joining());
  }

  private static String wholeText(JsonNode end) {
    return end.path("response")
        .path("output")
        .path(0)
        .path("content")
        .path(0)
        .path("text")
        .asString();
  }

  private static List<JsonNode> callsOf(Row row) {
    return calls.stream().filter(call -> isOf(call, row.id())).toList();
  }

  private static List<JsonNode> callsOf(String id) {
    return simulator.audit().lines().map(JSON::readTree).filter(call -> isOf(call, id)).toList();
  }

  private static boolean isOf(JsonNode call, String id) {
    return call.path("client_request_id").asString("").startsWith(id + "/");
  }

  private static Instant at(JsonNode call) {
    return Instant.parse(call.path("received_at").asString());
  }

  private static String faults() {
    var document = JSON.createObjectNode();
    var faults = document.putArray("faults");
    for (var row : ROWS)
      if (!row.fault.isEmpty())
        faults.add(((ObjectNode) JSON.readTree(row.fault)).put("model", row.model()));
    return document.toString();
  }

  private static List<String> settings() {
    var settings =
        new ArrayList<>(
            List.of(
                "sluice.model.api-key=sk-test",
                "sluice.model.base-url=" + simulator.apiUrl(),
                "sluice.model.first-token-timeout=6s",
                "sluice.model.between-tokens-timeout=6s",
                "sluice.model.total-timeout=10s",
                "sluice.model.max-attempts=3",
                "sluice.model.retry-share=10",
                "sluice.model.backoff=20ms",
                "sluice.budget.tier=tier-1",
                "sluice.budget-schedule.probe-every=5m"));
    Stream.concat(ROWS.stream().map(Row::number), Stream.of(RAMP, RAMP + 1, RAMP + 2, WARM_UP))
        .forEach(number -> {
          var pool = "sluice.budget.pools." + poolOf(number);
          settings.add(pool + ".models=" + modelOf(number));
          settings.add(pool + ".tiers.tier-1.rpm=" + RPD);
          settings.add(pool + ".tiers.tier-1.rpd=" + RPD);
          settings.add(pool + ".tiers.tier-1.tpm=" + TPD);
          settings.add(pool + ".tiers.tier-1.tpd=" + TPD);
        });
    return settings;
  }

  private static String poolOf(int number) {
    return "row-%s-%d".formatted(RUN, number);
  }

  private static String modelOf(int number) {
    return switch (number) {
      case RAMP + 1 -> CONTEXT_MODEL;
      case RAMP + 2 -> ESTIMATE_MODEL;
      default -> "gpt-4o-mini-%04d".formatted(number);
    };
  }

  private static void ask(Row row) {
    try {
      boolean endless = row.fault.contains(ENDLESS);
      ask(
          row.number,
          row.number,
          conversation(endless ? 1_500 : 30),
          endless ? ENDLESS_CHARGE : CHARGE);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Asks in the pool of a row, and waits for the end.
   *
   * @param maxOutput tokens; 0 for none
   * @return the response's id
   */
  private static String ask(int pool, int request, ObjectNode body, int maxOutput)
      throws InterruptedException {
    body.put("model", modelOf(pool));
    if (maxOutput > 0) body.put("max_output_tokens", maxOutput);
    var count = new TokenCounter().count(modelOf(pool), body);
    var id = "resp_%s_%d".formatted(RUN, request);
    var now = Instant.now();
    worker.handle(
        new Lane(poolOf(pool), Priority.INTERACTIVE),
        new RequestEnvelope(
            id,
            "user",
            "team",
            Map.of(),
            modelOf(pool),
            Priority.INTERACTIVE,
            now,
            now.plusSeconds(60),
            count.input(),
            count.charge(),
            0,
            0,
            JSON.writeValueAsString(body),
            null,
            Map.of()));
    return id;
  }

  /** Two turns; the answer to the second has so many tokens. */
  private static ObjectNode conversation(int answer) {
    var body = JSON.createObjectNode();
    var input = body.putArray("input");
    input.addObject().put("role", "user").put("content", "Who are you?");
    input.addObject().put("role", "assistant").put("content", "A simulator.");
    input.addObject().put("role", "user").put("content", "Go on [[tokens=%d]]".formatted(answer));
    return body;
  }

  /** More tokens than the 16,385 that the model holds. */
  private static ObjectNode longConversation() {
    var body = JSON.createObjectNode();
    var input = body.putArray("input");
    for (int turn = 0; turn < 40; turn++)
      input.addObject().put("role", "user").put("content", "words ".repeat(400));
    input.addObject().put("role", "user").put("content", "In short? [[tokens=10]]");
    return body;
  }

  /** What the provider's rule by characters takes for little, and the encoder for much. */
  private static ObjectNode code() {
    var body = JSON.createObjectNode();
    var code = "x1=[y^2]&~z3;".repeat(40) + " [[tokens=5]]";
    body.putArray("input").addObject().put("role", "user").put("content", code);
    return body;
  }
}
