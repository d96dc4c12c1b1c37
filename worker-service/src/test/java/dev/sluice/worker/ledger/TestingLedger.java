package dev.sluice.worker.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.message.UsageEvent;
import dev.sluice.worker.TestingStack;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.jpa.repository.support.JpaRepositoryFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.transaction.support.TransactionTemplate;

/** A ledger of its own in the real Postgres: a schema, migrated, and the writer's parts on it. */
final class TestingLedger implements AutoCloseable {
  static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  final MessageCodec codec = new MessageCodec();
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final LedgerMeters meters = new LedgerMeters(registry);
  final InstantSource clock = InstantSource.fixed(NOW);
  final String schema = "ledger_" + UUID.randomUUID().toString().replace("-", "");
  final LedgerStore store;
  final RateCards rateCards;
  final LedgerWriter writer;
  final TransactionTemplate transaction;
  final HikariDataSource ownersData;

  private final HikariDataSource data;
  private final Admin admin;
  private final LocalContainerEntityManagerFactoryBean entities;
  private long offset;

  private TestingLedger(@Nullable String version) {
    ownersData = connect("user", "password");
    JdbcClient.create(ownersData)
        .sql("create extension if not exists btree_gist schema public")
        .update();
    migrate(version);
    data = connect("writer_user", "writer_password");
    entities = new LocalContainerEntityManagerFactoryBean();
    entities.setDataSource(data);
    entities.setPackagesToScan(RateCard.class.getPackageName());
    entities.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
    var quiet = new Properties();
    quiet.setProperty("hibernate.hbm2ddl.auto", "none");
    entities.setJpaProperties(quiet);
    entities.afterPropertiesSet();
    var factory = Objects.requireNonNull(entities.getObject());
    rateCards =
        new JpaRepositoryFactory(SharedEntityManagerCreator.createSharedEntityManager(factory))
            .getRepository(RateCards.class);
    var transactions = new JpaTransactionManager(factory);
    transactions.setDataSource(data);
    transaction = new TransactionTemplate(transactions);
    store = new LedgerStore(JdbcClient.create(data));
    admin = Admin.create(Map.of("bootstrap.servers", TestingStack.kafka()));
    writer = writer(lag("nobody", List::of));
  }

  /** Up to date, with the cards that come with Sluice. */
  static TestingLedger open() {
    var ledger = new TestingLedger(null);
    ledger.importCards(new ClassPathResource("rate-cards.yml"));
    return ledger;
  }

  /** As an older build has left it. */
  static TestingLedger ofVersion(String version) {
    return new TestingLedger(version);
  }

  void migrate(@Nullable String version) {
    Flyway.configure()
        .dataSource(ownersData)
        .schemas(schema)
        .target(version == null ? MigrationVersion.LATEST : MigrationVersion.fromVersion(version))
        .load()
        .migrate();
  }

  void importCards(org.springframework.core.io.Resource file) {
    new RateCardImport(ownersData).add(RateCardFile.read(file));
  }

  LedgerLag lag(String group, java.util.function.Supplier<Collection<TopicPartition>> assigned) {
    return new LedgerLag(admin, group, assigned, InstantSource.system());
  }

  LedgerWriter writer(LedgerLag lag) {
    return writer(lag, _ -> {});
  }

  LedgerWriter writer(LedgerLag lag, Consumer<List<UsageEvent>> onWritten) {
    return new LedgerWriter(store, transaction, rateCards, codec, meters, lag, onWritten, clock);
  }

  LatePricing latePricing() {
    return new LatePricing(store, rateCards, transaction, meters);
  }

  /** Writes these in one batch. */
  void write(UsageEvent... events) {
    writer.receive(records(Arrays.asList(events)));
  }

  List<ConsumerRecord<byte[], byte[]>> records(Collection<? extends UsageEvent> events) {
    var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
    for (var event : events) records.add(record(event.requestId(), codec.encode(event)));
    return records;
  }

  ConsumerRecord<byte[], byte[]> record(String key, byte[] value) {
    return new ConsumerRecord<>(
        "sluice.usage",
        0,
        offset++,
        NOW.toEpochMilli(),
        TimestampType.CREATE_TIME,
        key.length(),
        value.length,
        key.getBytes(UTF_8),
        value,
        new RecordHeaders(),
        Optional.empty());
  }

  /** As the role that owns the tables. */
  JdbcClient owner() {
    return JdbcClient.create(ownersData);
  }

  /** As the worker's role. */
  JdbcClient asWriter() {
    return JdbcClient.create(data);
  }

  HikariDataSource finance() {
    return connect("finance_user", "finance_password");
  }

  List<Map<String, @Nullable Object>> query(String sql, Object... parameters) {
    return owner().sql(sql).params(List.of(parameters)).query().listOfRows();
  }

  Map<String, @Nullable Object> row(String sql, Object... parameters) {
    return owner().sql(sql).params(List.of(parameters)).query().singleRow();
  }

  /** Each sum that is kept equals the sum over the entries, and over the attempts as they stand. */
  void assertThatSumsAreRight() {
    for (var rollup : List.of("day", "month"))
      for (var rows :
          List.of(
              "(select *, case when reverses is null then 1 else -1 end as sign from usage_entry)",
              "(select *, 1 as sign from attempt_cost)"))
        assertThat(query(kept(rollup))).isEqualTo(query(summed(rollup, rows)));
  }

  private static String kept(String period) {
    return """
    select %s as period, user_id, team, project, model, priority, source, currency, attempts,
        input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
        input_audio_tokens, output_audio_tokens, saved_input_tokens, saved_output_tokens,
        cost::numeric(40, 10), saved::numeric(40, 10), estimated_attempts,
        estimated_cost::numeric(40, 10), unpriced_attempts, suspect_attempts, dropped_attempts,
        dropped_tokens, dropped_saved::numeric(40, 10)
    from rollup_%s
    where attempts <> 0
    order by 1, 2, 3, 4, 5, 6, 7, 8
    """
        .formatted(period, period.equals("day") ? "daily" : "monthly");
  }

  private static String summed(String period, String rows) {
    return """
    select date_trunc('%s', opened_at at time zone 'UTC')::date as period, user_id, team, project,
        model, priority, source, currency, sum(sign)::bigint as attempts,
        sum(input_tokens) as input_tokens, sum(cached_input_tokens) as cached_input_tokens,
        sum(cache_write_tokens) as cache_write_tokens, sum(output_tokens) as output_tokens,
        sum(reasoning_tokens) as reasoning_tokens, sum(input_audio_tokens) as input_audio_tokens,
        sum(output_audio_tokens) as output_audio_tokens,
        sum(saved_input_tokens) as saved_input_tokens,
        sum(saved_output_tokens) as saved_output_tokens,
        coalesce(sum(cost), 0)::numeric(40, 10) as cost,
        coalesce(sum(saved), 0)::numeric(40, 10) as saved,
        coalesce(sum(sign) filter (where estimated), 0)::bigint as estimated_attempts,
        coalesce(sum(cost) filter (where estimated), 0)::numeric(40, 10) as estimated_cost,
        coalesce(sum(sign) filter (where rate_card_id is null), 0)::bigint as unpriced_attempts,
        coalesce(sum(sign) filter (where suspect is not null), 0)::bigint as suspect_attempts,
        coalesce(sum(sign) filter (where dropped_tokens <> 0), 0)::bigint as dropped_attempts,
        sum(dropped_tokens) as dropped_tokens, sum(dropped_saved)::numeric(40, 10) as dropped_saved
    from %s rows
    group by 1, 2, 3, 4, 5, 6, 7, 8
    having sum(sign) <> 0
    order by 1, 2, 3, 4, 5, 6, 7, 8
    """
        .formatted(period, rows);
  }

  private HikariDataSource connect(String user, String password) {
    var access = new HashMap<>(TestingStack.stack().postgres().details());
    var source = new HikariDataSource();
    source.setJdbcUrl(access.get("jdbc_url") + "?currentSchema=" + schema + ",public");
    source.setUsername(access.get(user));
    source.setPassword(access.get(password));
    source.setMaximumPoolSize(3);
    source.setMinimumIdle(0);
    source.setConnectionTimeout(2_000);
    return source;
  }

  @Override
  public void close() {
    entities.destroy();
    admin.close();
    data.close();
    owner().sql("drop schema " + schema + " cascade").update();
    ownersData.close();
  }
}
