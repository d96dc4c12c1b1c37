package dev.sluice.systemtests;

import static dev.sluice.systemtests.TestingSystem.JSON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/**
 * The ledger against the provider's invoice, after everything that can go wrong has: retries, cut
 * streams, cancels, a worker killed in the middle of its calls and another in the middle of its
 * writing, Postgres away, answers used again, prices that change.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InvoiceTest {
  private static final String MINI = "gpt-4o-mini";
  private static final String OLD = "gpt-3.5-turbo";
  private static final String GROUP = "sluice-ledger";
  private static final Duration LONG = Duration.ofSeconds(60);

  /** Digits: letters without sense are many tokens, and a question would be nothing else. */
  private static final String RUN =
      "%06d".formatted(ThreadLocalRandom.current().nextInt(1_000_000));

  /** What goes wrong at the provider, by a word of the question. */
  private static final String FAULTS =
      """
      {"kind":"server_error","times":3,"match":"flaky"},
      {"kind":"rate_limit","times":2,"match":"refused","retry_after_ms":50},
      {"kind":"hang","times":1,"match":"silent","after_headers":true},
      {"kind":"malformed_event","times":1,"match":"nonsense","at_token":0},
      {"kind":"failed_event","times":2,"match":"breaks","at_token":160},
      {"kind":"cut","times":4,"match":"cut","at_token":240}
      """;

  private final Simulator simulator = TestingSystem.simulator();
  private final Ledger ledger = TestingSystem.ledger();
  private final List<String> requests = new ArrayList<>();

  /** By {@code <response id>/<attempt>}, as the provider hears of it. */
  private Map<String, JsonNode> invoice = Map.of();

  private Map<String, Entry> entries = Map.of();

  /** What the ledger had before its topic was read again. */
  private Map<String, Entry> written = Map.of();

  private List<List<String>> writtenSums = List.of();
  private String project = RUN + "-early";
  private Instant priceChange = Instant.EPOCH;

  private record Entry(
      String model,
      long input,
      long cached,
      long output,
      BigDecimal cost,
      boolean estimated,
      String outcome,
      Instant openedAt) {
    long total() {
      return input + output;
    }
  }

  @BeforeAll
  void everything_happens() throws Exception {
    simulator.behave();
    simulator.latency(30, 10);
    simulator.faults(FAULTS);
    while_a_worker_dies();
    awaitLedger();
    written = entries;
    writtenSums = sums(project);
    project = RUN + "-later";
    while_postgres_is_away_and_its_writer_dies();
    while_a_price_changes();
    simulator.behave();
    awaitLedger();
  }

  private void awaitLedger() {
    invoice = callsOf(requests);
    await()
        .atMost(LONG)
        .ignoreExceptions()
        .until(() -> {
          entries = entriesOf(requests);
          return entries.keySet().containsAll(invoice.keySet()) && unsettled() == 0;
        });
  }

  @AfterAll
  void behave() {
    simulator.behave();
  }

  private void while_a_worker_dies() {
    var worker = TestingSystem.stack().worker(1);
    try (var client = ChatClient.of("user1")) {
      var streams = new ArrayList<String>();
      for (int i = 0; i < 3; i++) streams.add(ask(client, MINI, "flaky", 40));
      for (int i = 0; i < 2; i++) streams.add(ask(client, OLD, "refused", 40));
      for (int i = 0; i < 2; i++) streams.add(ask(client, OLD, "cut", 400));
      streams.add(ask(client, MINI, "silent", 30));
      streams.add(ask(client, MINI, "nonsense", 30));
      streams.add(ask(client, OLD, "breaks", 400));
      streams.forEach(client::awaitEnd);
      var dying = new ArrayList<String>();
      for (int i = 0; i < 3; i++) dying.add(ask(client, i == 0 ? OLD : MINI, "long", 300));
      client.awaitFrame(frame -> isDelta(frame, dying.getLast()) && deltas(client, dying) > 180);
      worker.kill();
      worker.start();
      dying.forEach(client::awaitEnd);
    }
  }

  private void while_postgres_is_away_and_its_writer_dies() throws Exception {
    var postgres = TestingSystem.stack().postgres();
    var worker = TestingSystem.stack().worker(1);
    postgres.stop();
    try (var client = ChatClient.of("user2")) {
      var streams = new ArrayList<String>();
      for (int i = 0; i < 6; i++) streams.add(ask(client, i % 2 == 0 ? MINI : OLD, "plain", 40));
      for (int i = 0; i < 2; i++) streams.add(ask(client, MINI, "cut", 400));
      streams.add(ask(client, MINI, "breaks", 400));
      var cancelled = new ArrayList<String>();
      for (int i = 0; i < 3; i++) cancelled.add(ask(client, MINI, "cancelled", 400));
      client.awaitFrame(_ -> deltas(client, cancelled) > 210);
      for (var id : requests.subList(requests.size() - cancelled.size(), requests.size()))
        client.send("{\"type\":\"response.cancel\",\"response_id\":\"" + id + "\"}");
      streams.forEach(client::awaitEnd);
      cancelled.forEach(client::awaitEnd);
    } finally {
      postgres.start();
    }
    worker.kill(); // whether or not it has begun to write down what the topic has kept
    forgetOffsets(); // and all that it has ever read comes again
    worker.start();
  }

  private void while_a_price_changes() throws Exception {
    priceChange = Instant.now().plusSeconds(2).truncatedTo(ChronoUnit.MICROS);
    ledger.update(
        """
        update rate_card set valid = tstzrange(lower(valid), '%1$s')
        where model = '%2$s' and service_tier = 'default' and upper_inf(valid);
        insert into rate_card (model, service_tier, version, valid, currency, input_price,
            cached_input_price, cache_write_price, output_price, source, source_date)
        select '%2$s', 'default', max(version) + 1, tstzrange('%1$s', null), 'USD', 5, 5, 5, 15,
            'a test', '2026-01-01'
        from rate_card where model = '%2$s' and service_tier = 'default'
        """
            .formatted(priceChange, OLD));
    var caller = HttpCaller.of("user1");
    try (var client = ChatClient.of("user1")) {
      var before = List.of(ask(client, OLD, "plain", 20), ask(client, OLD, "plain", 20));
      before.forEach(client::awaitEnd);
      await().atMost(LONG).until(() -> Instant.now().isAfter(priceChange.plusMillis(50)));
      var after = List.of(ask(client, OLD, "plain", 20), ask(client, OLD, "plain", 20));
      after.forEach(client::awaitEnd);
    }
    for (int i = 0; i < 2; i++) {
      var body = HttpCaller.question("Kept " + RUN, "stream", "true", "temperature", "0");
      try (var stream = caller.stream("/v1/responses", body)) {
        stream.awaitEnd();
        requests.add(stream.header("x-request-id"));
      }
      TestingSystem.ledger().awaitEntries(requests.getLast(), 1);
    }
  }

  @Test
  void no_attempt_is_missing_and_none_is_doubled() throws SQLException {
    assertThat(invoice.size()).isGreaterThan(30);
    // One that the provider never heard of cost nothing, unless its worker died: whoever takes
    // over cannot know whether the call was still made
    var uncalled = new HashMap<>(entries);
    uncalled.keySet().removeAll(invoice.keySet());
    assertThat(uncalled.values())
        .allSatisfy(
            entry -> assertThat(entry.outcome().equals("lost") || entry.total() == 0).isTrue());
    assertThat(uncalled.values().stream().filter(entry -> entry.outcome().equals("lost")))
        .hasSizeLessThanOrEqualTo(3);
    assertThat(
            ledger.query(
                """
                select request_id || '/' || attempt from usage_entry
                where request_id = any(?)
                group by request_id, attempt
                having sum(case when reverses is null then 1 else -1 end) <> 1
                """,
                row -> row.getString(1),
                (Object) requests.toArray(String[]::new)))
        .isEmpty();
  }

  @Test
  void exact_entries_have_the_tokens_of_the_invoice() {
    var exact = new LinkedHashMap<String, Entry>();
    entries.forEach((key, entry) -> {
      if (!entry.estimated() && invoice.containsKey(key)) exact.put(key, entry);
    });
    assertThat(exact.size()).isGreaterThan(20);
    assertThat(exact)
        .allSatisfy((key, entry) -> {
          var call = invoice.getOrDefault(key, JSON.missingNode());
          boolean billed = isBilled(call);
          assertThat(entry.input()).isEqualTo(billed ? call.path("input_tokens").asLong() : 0);
          assertThat(entry.cached()).isEqualTo(billed ? call.path("cached_tokens").asLong() : 0);
          assertThat(entry.output()).isEqualTo(billed ? call.path("output_tokens").asLong() : 0);
        });
  }

  @Test
  void what_the_provider_did_not_tell_is_flagged_and_close_to_the_truth_in_sum() {
    var told = List.of("completed", "refused");
    long ours = 0;
    long theirs = 0;
    var estimates = new ArrayList<String>();
    for (var call : invoice.entrySet()) {
      var entry = entry(call.getKey());
      var outcome = call.getValue().path("outcome").asString();
      if (isBilled(call.getValue()) && !told.contains(outcome))
        assertThat(entry.estimated()).as(call.toString()).isTrue();
      if (!entry.estimated()) continue;
      if (told.contains(outcome)) assertThat(entry.outcome()).isEqualTo("lost");
      long input = call.getValue().path("input_tokens").asLong();
      long output = call.getValue().path("output_tokens").asLong();
      ours += entry.total();
      theirs += input + output;
      estimates.add(
          "%s %s: %d + %d, in truth %s %d + %d"
              .formatted(
                  call.getKey(),
                  entry.outcome(),
                  entry.input(),
                  entry.output(),
                  outcome,
                  input,
                  output));
    }
    assertThat(estimates).hasSizeGreaterThanOrEqualTo(10);
    assertThat(ours)
        .as(String.join("\n", estimates))
        .isBetween(Math.round(theirs * 0.95), Math.round(theirs * 1.05));
  }

  @Test
  void each_attempt_is_priced_by_the_card_of_its_moment() {
    var newPrices = new int[2];
    assertThat(entries)
        .allSatisfy((key, entry) -> {
          boolean isNew = entry.model().equals(OLD) && !entry.openedAt().isBefore(priceChange);
          if (entry.model().equals(OLD)) newPrices[isNew ? 1 : 0]++;
          assertThat(entry.cost()).as(key).isEqualByComparingTo(cost(entry, isNew));
        });
    assertThat(newPrices[0]).isGreaterThan(4);
    assertThat(newPrices[1]).isGreaterThanOrEqualTo(2);
  }

  @Test
  void an_answer_that_was_kept_costs_nothing_and_is_on_no_invoice() {
    var kept = requests.getLast();
    assertThat(entry(kept + "/0").outcome()).isEqualTo("reused");
    assertThat(entry(kept + "/0").cost()).isZero();
    assertThat(invoice.keySet()).noneMatch(key -> key.startsWith(kept));
  }

  @Test
  void a_price_that_changes_at_midnight_divides_the_last_microsecond_of_a_day_from_the_first()
      throws Exception {
    var model = "midnight-" + RUN;
    ledger.update(
        """
        insert into rate_card (model, service_tier, version, valid, currency, input_price,
            cached_input_price, cache_write_price, output_price, source, source_date)
        values ('%1$s', 'default', 1, '[2026-01-01Z, 2026-03-01Z)', 'USD', 1, 1, 1, 1, 'a test', '2026-01-01'),
            ('%1$s', 'default', 2, '[2026-03-01Z,)', 'USD', 2, 2, 2, 2, 'a test', '2026-01-01')
        """
            .formatted(model));
    settle(model, "2026-02-28T23:59:59.999999Z");
    settle(model, "2026-03-01T00:00:00Z");
    var days =
        await()
            .atMost(LONG)
            .until(
                () ->
                    ledger.query(
                        "select day, cost::numeric(20, 10) from cost_daily where model = ? order by day",
                        row -> row.getString(1) + " " + row.getString(2),
                        model),
                rows -> rows.size() == 2);
    assertThat(days).containsExactly("2026-02-28 1.0000000000", "2026-03-01 2.0000000000");
  }

  @Test
  void a_topic_that_was_read_again_from_its_beginning_has_changed_no_sum() throws SQLException {
    var worker = new Metrics(TestingSystem.stack().worker(1).url());
    assertThat(worker.value("sluice_ledger_events_total", "outcome=\"repeated\""))
        .isGreaterThanOrEqualTo(written.size());
    assertThat(entries).containsAllEntriesOf(written);
    assertThat(writtenSums).singleElement().extracting(List::getFirst).isEqualTo("t");
    assertThat(sums(RUN + "-early")).isEqualTo(writtenSums);
  }

  private Entry entry(String key) {
    return Objects.requireNonNull(entries.get(key), key);
  }

  /** A question on a stream of its own; the stream. */
  private String ask(ChatClient client, String model, String kind, int tokens) {
    var stream = "s" + requests.size();
    var frame = JSON.createObjectNode();
    frame.put("type", "response.create").put("stream_id", stream).put("model", model);
    frame.putObject("metadata").put("project", project);
    frame.put("input", "%s %s %d [[tokens=%d]]".formatted(kind, RUN, requests.size(), tokens));
    client.send(frame.toString());
    requests.add(
        client
            .awaitFrame(event ->
                event.path("type").asString().equals("response.queued")
                    && event.path("stream_id").asString("").equals(stream))
            .path("response")
            .path("id")
            .asString());
    return stream;
  }

  private static long deltas(ChatClient client, List<String> streams) {
    return client.frames().stream()
        .filter(frame -> streams.stream().anyMatch(stream -> isDelta(frame, stream)))
        .count();
  }

  private static boolean isDelta(JsonNode frame, String stream) {
    return frame.path("type").asString().equals("response.output_text.delta")
        && frame.path("stream_id").asString("").equals(stream);
  }

  /** The provider bills what its model was reached for. */
  private static boolean isBilled(JsonNode call) {
    return call.path("status").asInt() == 200;
  }

  private static BigDecimal cost(Entry entry, boolean isNew) {
    var input = new BigDecimal(entry.model().equals(OLD) ? (isNew ? "5" : "0.5") : "0.15");
    var cached = new BigDecimal(entry.model().equals(OLD) ? (isNew ? "5" : "0.5") : "0.075");
    var output = new BigDecimal(entry.model().equals(OLD) ? (isNew ? "15" : "1.5") : "0.6");
    return input
        .multiply(BigDecimal.valueOf(entry.input() - entry.cached()))
        .add(cached.multiply(BigDecimal.valueOf(entry.cached())))
        .add(output.multiply(BigDecimal.valueOf(entry.output())))
        .movePointLeft(6);
  }

  private Map<String, JsonNode> callsOf(List<String> ids) {
    var calls = new LinkedHashMap<String, JsonNode>();
    for (var call : simulator.calls()) {
      var key = call.path("client_request_id").asString("");
      if (ids.contains(key.replaceAll("/\\d+$", "")))
        assertThat(calls.put(key, call)).as(key).isNull();
    }
    return calls;
  }

  private Map<String, Entry> entriesOf(List<String> ids) throws SQLException {
    var found = new LinkedHashMap<String, Entry>();
    ledger.query(
        """
        select request_id || '/' || attempt as key, model, input_tokens, cached_input_tokens,
            output_tokens, cost, estimated, outcome, opened_at
        from attempt_cost
        where request_id = any(?)
        order by 1
        """,
        row ->
            found.put(
                row.getString("key"),
                new Entry(
                    row.getString("model"),
                    row.getLong("input_tokens"),
                    row.getLong("cached_input_tokens"),
                    row.getLong("output_tokens"),
                    row.getBigDecimal("cost"),
                    row.getBoolean("estimated"),
                    row.getString("outcome"),
                    row.getTimestamp("opened_at").toInstant())),
        (Object) ids.toArray(String[]::new));
    return found;
  }

  private long unsettled() throws SQLException {
    return ledger
        .query(
            "select 1 from unsettled_attempt where request_id = any(?)",
            row -> row.getInt(1),
            (Object) requests.toArray(String[]::new))
        .size();
  }

  /** What the ledger's sums have of a project, and whether it is what its entries add up to. */
  private List<List<String>> sums(String ofProject) throws SQLException {
    return ledger.query(
        """
        select (select jsonb_agg(sums order by day, user_id, team, model, priority, source)
                from rollup_daily sums
                where project = rows.project)::text as kept,
            (select sum(cost) from rollup_daily where project = rows.project) = sum(cost) as is_sum,
            count(*) as entries
        from usage_entry rows
        where project = ?
        group by project
        """,
        row -> List.of(row.getString("is_sum"), row.getString("entries"), row.getString("kept")),
        ofProject);
  }

  private static void settle(String model, String openedAt) throws Exception {
    var id = "resp_" + UUID.randomUUID();
    var event =
        """
        {"version":1,"kind":"attempt_settled","requestId":"%s","attempt":1,"userId":"midnight",
         "team":"t","tags":{},"model":"%s","serviceTier":"default","usage":{"input":600000,
         "cachedInput":0,"cacheWrite":0,"output":400000,"reasoning":0,"estimated":false},
         "outcome":"completed","errorCode":null,"openedAt":"%s","settledAt":"%s",
         "priority":"interactive"}
        """
            .formatted(id, model, openedAt, openedAt);
    Map<String, Object> broker = Map.of("bootstrap.servers", TestingSystem.stack().kafka().url());
    try (var producer =
        new KafkaProducer<>(broker, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer
          .send(new ProducerRecord<>("sluice.usage", id.getBytes(UTF_8), event.getBytes(UTF_8)))
          .get(10, TimeUnit.SECONDS);
    }
  }

  private static void forgetOffsets() throws Exception {
    Map<String, Object> broker = Map.of("bootstrap.servers", TestingSystem.stack().kafka().url());
    try (var admin = Admin.create(broker)) {
      var committed =
          admin
              .listConsumerGroupOffsets(GROUP)
              .partitionsToOffsetAndMetadata()
              .get(10, TimeUnit.SECONDS);
      await()
          .atMost(LONG)
          .ignoreExceptions() // while the group still has a member
          .until(() -> {
            admin
                .deleteConsumerGroupOffsets(GROUP, committed.keySet())
                .all()
                .get(10, TimeUnit.SECONDS);
            return true;
          });
    }
  }
}
