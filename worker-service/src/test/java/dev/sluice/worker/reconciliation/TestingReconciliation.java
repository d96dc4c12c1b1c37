package dev.sluice.worker.reconciliation;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.common.message.ProviderFigures;
import dev.sluice.common.message.ProviderFigures.Figure;
import dev.sluice.common.message.ProviderFigures.Report;
import dev.sluice.common.message.ProviderFigures.Source;
import dev.sluice.worker.TestingStack;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A ledger of its own in the real Postgres, with entries as a test needs them. */
final class TestingReconciliation implements AutoCloseable {
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final AtomicReference<Instant> now;

  private final ReconciliationMeters meters = new ReconciliationMeters(registry);

  private final String schema = "reconciliation_" + UUID.randomUUID().toString().replace("-", "");
  private final HikariDataSource ownersData = connect("user", "password");
  private final HikariDataSource data = connect("writer_user", "writer_password");
  private final HikariDataSource financeData = connect("finance_user", "finance_password");

  TestingReconciliation(Instant now) {
    this.now = new AtomicReference<>(now);
    JdbcClient.create(ownersData)
        .sql("create extension if not exists btree_gist schema public")
        .update();
    Flyway.configure().dataSource(ownersData).schemas(schema).load().migrate();
  }

  ReconciliationStore store() {
    return new ReconciliationStore(
        asWriter(), new TransactionTemplate(new JdbcTransactionManager(data)));
  }

  /**
   * @param provider where to ask; empty for nowhere
   */
  Reconciliation reconciliation(String provider, String key, int days) {
    var properties =
        new ReconciliationProperties(
            key,
            provider,
            new BigDecimal("0.01"),
            Duration.ofHours(6),
            days,
            Duration.ofMinutes(1));
    InstantSource clock = now::get;
    return new Reconciliation(
        provider.isEmpty()
            ? Optional.empty()
            : Optional.of(ReconciliationConfiguration.provider(properties)),
        store(),
        meters,
        properties,
        clock);
  }

  /** An attempt of the ledger at noon, priced in a currency; without a price it is unpriced. */
  void entry(
      LocalDate day,
      String model,
      long input,
      long output,
      @Nullable String cost,
      String currency) {
    JdbcClient.create(ownersData)
        .sql(
            """
            with keyed as (
                insert into usage_key values (:id, 1, 0, :at, false) returning request_id
            )
            insert into usage_entry (request_id, attempt, entry, kind, user_id, team, project,
                tags, model, service_tier, priority, source, input_tokens, cached_input_tokens,
                cache_write_tokens, output_tokens, reasoning_tokens, input_audio_tokens,
                output_audio_tokens, saved_input_tokens, saved_cached_input_tokens,
                saved_output_tokens, cost, saved, currency, rate_card_id, estimated, outcome,
                opened_at, settled_at)
            select request_id, 1, 0, 'usage', 'u', 't', '', '{}', :model, 'default', 'interactive',
                'provider', :input, 0, 0, :output, 0, 0, 0, 0, 0, 0, cast(:cost as numeric), 0,
                :currency, case when :cost::text is not null then (select min(id) from rate_card) end,
                false, 'completed', :at, :at
            from keyed
            """)
        .param("id", UUID.randomUUID().toString())
        .param("at", day.atTime(12, 0).atOffset(ZoneOffset.UTC))
        .param("model", model)
        .param("input", input)
        .param("output", output)
        .param("cost", cost)
        .param("currency", currency)
        .update();
  }

  /** What somebody brings along. */
  static ProviderFigures told(LocalDate day, Report report, Figure... figures) {
    return new ProviderFigures(
        UUID.randomUUID().toString(),
        day,
        report,
        List.of(figures),
        Source.FILE,
        "finance",
        day.plusDays(1).atTime(9, 0).toInstant(ZoneOffset.UTC),
        Map.of());
  }

  /** The line of a day and model. */
  Map<String, @Nullable Object> line(LocalDate day, String model) {
    return asFinance()
        .sql("select * from reconciliation_daily where day = :day and model = :model")
        .param("day", day)
        .param("model", model)
        .query()
        .singleRow();
  }

  JdbcClient asWriter() {
    return JdbcClient.create(data);
  }

  JdbcClient asOwner() {
    return JdbcClient.create(ownersData);
  }

  JdbcClient asFinance() {
    return JdbcClient.create(financeData);
  }

  private HikariDataSource connect(String user, String password) {
    var access = TestingStack.stack().postgres().details();
    var source = new HikariDataSource();
    source.setJdbcUrl(access.get("jdbc_url") + "?currentSchema=" + schema + ",public");
    source.setUsername(access.get(user));
    source.setPassword(access.get(password));
    source.setMaximumPoolSize(2);
    source.setMinimumIdle(0);
    return source;
  }

  @Override
  public void close() {
    financeData.close();
    data.close();
    asOwner().sql("drop schema " + schema + " cascade").update();
    ownersData.close();
  }
}
