package dev.sluice.worker.ledger;

import static dev.sluice.worker.ledger.LedgerEvents.MODEL;
import static dev.sluice.worker.ledger.LedgerEvents.settled;
import static dev.sluice.worker.ledger.LedgerEvents.usage;
import static dev.sluice.worker.ledger.TestingLedger.NOW;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.message.AttemptSettled;
import dev.sluice.common.message.SpendCapSet;
import dev.sluice.common.spend.SpendAccount;
import dev.sluice.common.spend.SpendPeriod;
import dev.sluice.common.spend.SpendScope;
import dev.sluice.common.spend.SpendScript;
import dev.sluice.worker.TestingStack;
import dev.sluice.worker.background.PeriodicChores;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** On a real ledger, Redis and topic; each test with a team of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SpendAccountsTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  // Of 1,000 tokens in and 100 out by the card of gpt-4o-mini
  private static final String COST = "0.00021";

  private final Map<String, Object> broker = Map.of("bootstrap.servers", TestingStack.kafka());
  private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
  private final InstantSource clock = now::get;
  private TestingLedger ledger;
  private RedisClient client;
  private StatefulRedisConnection<String, String> redis;
  private Admin admin;
  private String team;
  private String topic;
  private SpendAccount account;
  private SpendAccounts accounts;
  private PeriodicChores chores;
  private LedgerWriter writer;

  @BeforeAll
  void connect() {
    ledger = TestingLedger.open();
    client = RedisClient.create(TestingStack.redis());
    redis = client.connect();
    admin = Admin.create(broker);
  }

  @AfterAll
  void disconnect() {
    client.shutdown();
    admin.close();
    ledger.close();
  }

  @BeforeEach
  void begin() throws Exception {
    now.set(NOW);
    team = "t" + UUID.randomUUID();
    topic = "usage." + UUID.randomUUID();
    admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get(10, SECONDS);
    var cap =
        new SpendCapSet(
            SpendScope.TEAM,
            team,
            SpendPeriod.DAY,
            null,
            new BigDecimal("1"),
            "finance",
            NOW,
            Map.of());
    account = cap.account(NOW);
    accounts =
        new SpendAccounts(
            new SpendSums(ledger.asWriter()),
            new LedgerWatermark(admin, topic, topic, clock),
            redis,
            Duration.ofSeconds(30),
            clock);
    accounts.cap(cap);
    chores = new LedgerConfiguration().spendChores(accounts);
    writer = ledger.writer(ledger.lag("nobody", List::of), accounts::written);
    run(SpendScript.BEGIN, "0", "1", Long.toString(Instant.now().plusSeconds(600).toEpochMilli()));
  }

  @AfterEach
  void stop() {
    chores.stop();
  }

  @Test
  void what_is_settled_is_held_no_more_and_a_repeat_adds_nothing() {
    chores.start();
    var id = hold();
    write(completed(id, team, MODEL));
    await().atMost(SOON).untilAsserted(() -> assertSpent(COST, "0"));
    write(completed(id, team, MODEL), completed(id, team, MODEL));
    write(completed("resp_" + UUID.randomUUID(), team, MODEL));
    await().atMost(SOON).untilAsserted(() -> assertSpent("0.00042", "0"));
  }

  @Test
  void a_request_whose_attempt_failed_goes_on_holding() {
    chores.start();
    var id = hold();
    write(with(LedgerEvents.failed(id, LedgerEvents.OPENED), team));
    write(completed("resp_" + UUID.randomUUID(), team, MODEL));
    await().atMost(SOON).until(() -> !settledUnits().equals("0"));
    assertThat(reservedUnits()).isEqualTo(SpendAccount.units(new BigDecimal("0.01")));
  }

  @Test
  void a_price_that_comes_late_reaches_the_account() throws Exception {
    write(completed("resp_" + UUID.randomUUID(), team, "gpt-late"));
    accounts.refresh();
    assertSpent("0", "0");
    ledger
        .owner()
        .sql(
            """
            insert into rate_card (
                model, service_tier, version, valid, currency, input_price, cached_input_price,
                cache_write_price, output_price, source, source_date)
            values ('gpt-late', 'default', 1, '[2026-01-01 00:00+00,)', 'USD', 1, 1, 1, 10, 'test', '2026-01-01')
            """)
        .update();
    ledger.latePricing().run();
    accounts.refresh();
    assertSpent("0.002", "0");
  }

  @Test
  void a_redis_that_has_lost_the_script_is_sent_it_again() throws Exception {
    write(completed("resp_" + UUID.randomUUID(), team, MODEL));
    redis.sync().scriptFlush();
    accounts.refresh();
    assertSpent(COST, "0");
  }

  @Test
  void an_older_sum_never_replaces_a_newer_one() {
    run(SpendScript.SETTLE, "500", "20", "");
    run(SpendScript.SETTLE, "400", "19", "");
    assertThat(settledUnits()).isEqualTo("500");
  }

  @Test
  void what_is_held_past_its_expiry_goes_once_the_ledger_is_complete_up_to_it() throws Exception {
    var id = hold();
    try (var producer =
        new KafkaProducer<>(broker, new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>(topic, "k", "v")).get(10, SECONDS);
    }
    run(SpendScript.EXPIRE, id, Long.toString(NOW.plusSeconds(30).toEpochMilli()));
    for (int i = 0; i < 3; i++) refreshAt(NOW.plusSeconds(60 + i)); // the writers are behind
    assertThat(reservedUnits()).isEqualTo(SpendAccount.units(new BigDecimal("0.01")));
    var written = Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(1));
    admin.alterConsumerGroupOffsets(topic, written).all().get(10, SECONDS);
    refreshAt(NOW.plusSeconds(70));
    assertThat(reservedUnits()).isEqualTo("0");
  }

  private void refreshAt(Instant at) throws InterruptedException {
    now.set(at);
    accounts.refresh();
  }

  private String hold() {
    var id = "resp_" + UUID.randomUUID();
    var units = SpendAccount.units(new BigDecimal("0.01"));
    var expiry = Long.toString(NOW.plusSeconds(1_200).toEpochMilli());
    assertThat(run(SpendScript.RESERVE, id, units, expiry, "")).isEqualTo(SpendScript.RESERVED);
    return id;
  }

  private void write(AttemptSettled... events) {
    writer.receive(ledger.records(List.of(events)));
  }

  private static AttemptSettled completed(String id, String team, String model) {
    return with(settled(id, 1, usage(1_000, 100), model, LedgerEvents.OPENED), team);
  }

  private static AttemptSettled with(AttemptSettled event, String team) {
    return new AttemptSettled(
        event.requestId(),
        event.attempt(),
        event.userId(),
        team,
        event.tags(),
        event.model(),
        event.serviceTier(),
        event.usage(),
        event.outcome(),
        event.errorCode(),
        event.openedAt(),
        event.settledAt(),
        event.priority(),
        event.droppedTokens(),
        event.unknown());
  }

  private void assertSpent(String settled, String reserved) {
    assertThat(SpendAccount.usd(settledUnits())).isEqualByComparingTo(settled);
    assertThat(SpendAccount.usd(reservedUnits())).isEqualByComparingTo(reserved);
  }

  private String settledUnits() {
    return redis.sync().hget(account.keys()[0], SpendScript.SETTLED);
  }

  private String reservedUnits() {
    return redis.sync().hget(account.keys()[0], SpendScript.RESERVED_IN_ALL);
  }

  private long run(String verb, String... arguments) {
    var all = new String[arguments.length + 1];
    all[0] = verb;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    Long answer =
        redis.sync().eval(SpendScript.text(), ScriptOutputType.INTEGER, account.keys(), all);
    return answer;
  }
}
