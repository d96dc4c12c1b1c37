package dev.sluice.worker.reconciliation;

import dev.sluice.common.message.ProviderFigures;
import java.math.BigDecimal;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** The provider's figures in Postgres, and the ledger beside them. Thread-safe. */
final class ReconciliationStore {
  private static final String IMPORT =
      """
      insert into provider_import (import_id, day, report, source, imported_by, told_at)
      values (:importId, :day, :report, :source, :by, :at)
      on conflict (import_id) do nothing
      """;

  private static final String FIGURES =
      """
      insert into provider_figure (import_id, model, requests, input_tokens,
          cached_input_tokens, output_tokens, cost, currency)
      select :importId, model, requests, input_tokens, cached_input_tokens, output_tokens, cost,
          currency
      from json_to_recordset(cast(:figures as json)) as told(
          model text, requests bigint, input_tokens bigint, cached_input_tokens bigint,
          output_tokens bigint, cost numeric, currency text)
      """;

  private static final String OFF =
      """
      select day, model, share, coverage
      from reconciliation_daily
      where day >= :from and day <= :to and share > :threshold
      order by share desc, day, model
      """;

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final JsonMapper json =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  /**
   * A model that differs on a day.
   *
   * @param share of the provider's figure
   * @param coverage share of the provider's tokens that the ledger has; null if it told none
   */
  record Off(LocalDate day, String model, BigDecimal share, @Nullable BigDecimal coverage) {}

  ReconciliationStore(JdbcClient jdbc, TransactionTemplate transaction) {
    this.jdbc = jdbc;
    this.transaction = transaction;
  }

  /**
   * All of them or none.
   *
   * @return how many were not here yet
   */
  int add(List<ProviderFigures> imports) {
    return transaction.<Integer>execute(_ -> {
      int added = 0;
      for (var told : imports) if (add(told)) added++;
      return added;
    });
  }

  private boolean add(ProviderFigures told) {
    int added =
        jdbc.sql(IMPORT)
            .param("importId", told.importId())
            .param("day", told.day())
            .param("report", told.report().label())
            .param("source", told.source().label())
            .param("by", told.by())
            .param("at", Timestamp.from(told.at()))
            .update();
    if (added == 0) return false;
    jdbc.sql(FIGURES)
        .param("importId", told.importId())
        .param("figures", json.writeValueAsString(told.figures()))
        .update();
    return true;
  }

  /** When the provider was last asked for a day, if it was. */
  Optional<Instant> fetchedAt(LocalDate day) {
    return jdbc.sql("select max(told_at) from provider_import where day = :day and source = 'api'")
        .param("day", day)
        .query((row, _) -> Optional.ofNullable(row.getTimestamp(1)).map(Timestamp::toInstant))
        .single();
  }

  /** What differs by more than a threshold, the worst first; both days inclusive. */
  List<Off> off(LocalDate from, LocalDate to, BigDecimal threshold) {
    return jdbc.sql(OFF)
        .param("from", from)
        .param("to", to)
        .param("threshold", threshold)
        .query((row, _) ->
            new Off(
                row.getObject("day", LocalDate.class),
                row.getString("model"),
                row.getBigDecimal("share"),
                row.getBigDecimal("coverage")))
        .list();
  }
}
