package dev.sluice.worker.ledger;

import static dev.sluice.worker.ledger.LedgerEvents.settled;
import static dev.sluice.worker.ledger.LedgerEvents.usage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Who may do what, what nobody may, and that it all explains itself: tried on a real Postgres. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LedgerSchemaTest {
  private TestingLedger ledger;

  @BeforeAll
  void open() {
    ledger = TestingLedger.open();
    ledger.write(LedgerEvents.opened("r", 1), settled("r", 1, usage(10, 20)));
  }

  @AfterAll
  void close() {
    ledger.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update usage_entry set cost = 0",
        "delete from usage_entry",
        "truncate usage_entry",
        "insert into usage_entry_default select * from usage_entry",
        "delete from usage_key",
        "update attempt_opened set team = 'other'",
        "delete from usage_dead_letter",
        "update rollup_daily set cost = 0",
        "insert into rollup_daily select * from rollup_daily",
        "delete from attempt_unsettled",
        "update rate_card set input_price = 0",
        "insert into rate_card (model) values ('mine')",
        "drop table usage_entry",
        "alter table usage_entry disable trigger all",
        "create table mine (a integer)",
        "select * from flyway_schema_history"
      })
  void the_worker_may_add_to_the_ledger_and_change_nothing(String statement) {
    assertThatThrownBy(() -> ledger.asWriter().sql(statement).update())
        .isInstanceOf(DataAccessException.class)
        .hasStackTraceContaining("ERROR: ")
        .hasStackTraceContaining(
            statement.startsWith("drop") || statement.startsWith("alter")
                ? "must be owner"
                : "permission denied");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ledger_entry",
        "attempt_cost",
        "cost_by_request",
        "cost_daily",
        "cost_monthly",
        "savings_daily",
        "unpriced_usage",
        "suspect_usage",
        "unsettled_attempt",
        "rate_card_history",
        "usage_set_aside",
        "setting_audit",
        "provider_usage",
        "reconciliation_daily"
      })
  void finance_reads_every_view(String view) {
    try (var finance = ledger.finance()) {
      var rows = JdbcClient.create(finance).sql("select * from " + view).query().listOfRows();
      if (view.contains("cost")) assertThat(rows).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select * from usage_entry",
        "select * from usage_entry_default",
        "select * from usage_key",
        "select * from attempt_opened",
        "select * from rollup_daily",
        "select * from rollup_monthly",
        "select * from rate_card",
        "select * from usage_dead_letter",
        "select * from setting_change",
        "select usage_partitions_ahead(1)",
        "insert into usage_entry default values"
      })
  void finance_reads_nothing_else(String statement) {
    try (var finance = ledger.finance()) {
      assertThatThrownBy(() -> JdbcClient.create(finance).sql(statement).query().listOfRows())
          .hasStackTraceContaining("permission denied");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update usage_entry set cost = 0",
        "delete from usage_entry",
        "truncate usage_entry",
        "update usage_key set estimated = true",
        "delete from attempt_opened",
        "delete from setting_change"
      })
  void not_even_the_owner_changes_the_ledger_by_mistake(String statement) {
    if (statement.contains("setting_change"))
      ledger
          .owner()
          .sql(
              "insert into setting_change values (1, 's', '1', 'me', now()) on conflict do nothing")
          .update();
    assertThatThrownBy(() -> ledger.owner().sql(statement).update())
        .hasStackTraceContaining("is immutable: a correction is a new row");
  }

  @Test
  void every_table_view_and_column_says_what_it_is() {
    assertThat(
            ledger.query(
                """
                select relation.relname, attribute.attname
                from pg_class relation
                join pg_attribute attribute on attribute.attrelid = relation.oid
                where relation.relnamespace = current_schema()::regnamespace
                    and relation.relkind in ('r', 'p', 'v')
                    and not relation.relispartition
                    and relation.relname <> 'flyway_schema_history'
                    and attribute.attnum > 0
                    and not attribute.attisdropped
                    and col_description(relation.oid, attribute.attnum) is null
                union all
                select relation.relname, null
                from pg_class relation
                where relation.relnamespace = current_schema()::regnamespace
                    and relation.relkind in ('r', 'p', 'v')
                    and relation.relname <> 'flyway_schema_history'
                    and obj_description(relation.oid) is null
                """))
        .isEmpty();
  }

  @Test
  void what_older_builds_have_written_moves_into_its_month_and_into_the_sums() {
    try (var old = TestingLedger.ofVersion("003")) {
      old.owner()
          .sql(
              """
              insert into usage_entry (request_id, attempt, user_id, team, tags, model,
                  service_tier, input_tokens, cached_input_tokens, cache_write_tokens,
                  output_tokens, reasoning_tokens, cost, currency, rate_card_id, estimated,
                  outcome, opened_at, settled_at)
              select 'resp_' || i, 1, 'u', 't', '{"project": "p"}', 'gpt-4o', 'default', 10, 0, 0,
                  5, 0, 0.000075, 'USD', (select id from rate_card where model = 'gpt-4o' and service_tier = 'default'),
                  i % 2 = 0, 'completed', timestamptz '2026-01-31 23:30Z' + i * interval '20 minutes',
                  timestamptz '2026-02-01Z'
              from generate_series(1, 4) i
              """)
          .update();
      old.owner()
          .sql(
              """
              insert into attempt_opened
              values ('resp_1', 1, 'u', 't', 'gpt-4o', 10, '2026-01-31Z'),
                  ('resp_open', 1, 'u', 't', 'gpt-4o', 10, '2026-01-31Z')
              """)
          .update();

      old.migrate(null);

      assertThat(old.query("select request_id from usage_entry_2026_01")).hasSize(1);
      assertThat(old.query("select request_id from usage_entry_2026_02")).hasSize(3);
      assertThat(old.query("select request_id from unsettled_attempt"))
          .singleElement()
          .extracting("request_id")
          .isEqualTo("resp_open");
      old.assertThatSumsAreRight();
      assertThat(
              (BigDecimal)
                  old.row("select sum(cost) as cost from cost_monthly where project = 'p'")
                      .get("cost"))
          .isEqualByComparingTo("0.0003");
      // The same event again is a repeat, whichever build wrote it
      old.write(settled("resp_1", 1, usage(10, 5), "gpt-4o", LedgerEvents.OPENED));
      assertThat(old.query("select * from usage_entry where request_id = 'resp_1'")).hasSize(1);
    }
  }
}
