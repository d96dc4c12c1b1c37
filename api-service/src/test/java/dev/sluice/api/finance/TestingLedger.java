package dev.sluice.api.finance;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.api.TestingStack;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;

/** A ledger of its own in the real Postgres, read as this service's role. */
final class TestingLedger implements AutoCloseable {
  private final String schema = "finance_" + UUID.randomUUID().toString().replace("-", "");
  private final HikariDataSource owner = connect("user", "password");
  private final HikariDataSource finance = connect("finance_user", "finance_password");

  static TestingLedger open() {
    var ledger = new TestingLedger();
    ledger.owner().sql("create extension if not exists btree_gist schema public").update();
    Flyway.configure()
        .dataSource(ledger.owner)
        .schemas(ledger.schema)
        .locations("filesystem:../worker-service/src/main/resources/db/migration")
        .load()
        .migrate();
    return ledger;
  }

  JdbcClient owner() {
    return JdbcClient.create(owner);
  }

  JdbcClient finance() {
    return JdbcClient.create(finance);
  }

  LedgerExport export(int most) {
    return new LedgerExport(finance, new JdbcTransactionManager(finance), most);
  }

  /** An attempt at gpt-4o, priced by its card. */
  Entry entry(String requestId, String openedAt) {
    return new Entry(this, requestId, Instant.parse(openedAt));
  }

  private HikariDataSource connect(String user, String password) {
    var access = TestingStack.postgres();
    var source = new HikariDataSource();
    source.setJdbcUrl(access.get("jdbc_url") + "?currentSchema=" + schema + ",public");
    source.setUsername(access.get(user));
    source.setPassword(access.get(password));
    source.setMaximumPoolSize(3);
    source.setMinimumIdle(0);
    return source;
  }

  @Override
  public void close() {
    finance.close();
    owner().sql("drop schema " + schema + " cascade").update();
    owner.close();
  }

  /** A row to be written; what is not said is usual. */
  static final class Entry {
    private static final String ADD =
        """
        insert into usage_entry (request_id, attempt, entry, kind, reverses, correction_reason,
            user_id, team, project, tags, model, service_tier, priority, source, input_tokens,
            cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
            input_audio_tokens, output_audio_tokens, saved_input_tokens,
            saved_cached_input_tokens, saved_output_tokens, cost, saved, currency, rate_card_id,
            estimated, suspect, outcome, opened_at, settled_at, written_at)
        select :requestId, :attempt, :entry, case when :entry = 0 then 'usage' else 'correction' end,
            :reverses, case when :entry > 0 then 'settled_late' end, :user, :team, 'apollo',
            '{"project": "apollo"}', 'gpt-4o', 'default', 'interactive',
            case when :attempt = 0 then 'cache' else 'provider' end,
            :input * sign(:attempt), :cached, 0, :output * sign(:attempt), 0, 0, 0,
            :input * (1 - sign(:attempt)), 0, :output * (1 - sign(:attempt)),
            case when not :priced then null when :attempt = 0 then 0 else :money end,
            case when :attempt = 0 then :money else 0 end,
            'USD', case when :priced then card.id end, :estimated, :suspect,
            case when :attempt = 0 then 'reused' else 'completed' end,
            :openedAt, :openedAt + interval '1500 ms', :openedAt + interval '1 minute'
        from rate_card card
        where card.model = 'gpt-4o' and card.service_tier = 'default'
        """;

    private final TestingLedger ledger;
    private final String requestId;
    private final Instant openedAt;
    private int attempt = 1;
    private int entry;
    private @Nullable Integer reverses;
    private String user = "user1";
    private String team = "red";
    private long input = 1_000;
    private long cached;
    private long output = 100;
    private boolean priced = true;
    private boolean estimated;
    private @Nullable String suspect;

    private Entry(TestingLedger ledger, String requestId, Instant openedAt) {
      this.ledger = ledger;
      this.requestId = requestId;
      this.openedAt = openedAt;
    }

    Entry attempt(int number) {
      attempt = number;
      return this;
    }

    Entry of(String userId, String teamName) {
      user = userId;
      team = teamName;
      return this;
    }

    Entry tokens(long inputTokens, long cachedTokens, long outputTokens) {
      input = inputTokens;
      cached = cachedTokens;
      output = outputTokens;
      return this;
    }

    Entry unpriced() {
      priced = false;
      return this;
    }

    Entry estimated() {
      estimated = true;
      return this;
    }

    Entry suspect(String reason) {
      suspect = reason;
      return unpriced();
    }

    /** Takes back the entry with this number. */
    Entry takingBack(int number) {
      reverses = number;
      entry = number + 1;
      return tokens(-input, -cached, -output);
    }

    Entry instead(int number) {
      entry = number + 2;
      return this;
    }

    void add() {
      var money =
          BigDecimal.valueOf(250 * (input - cached) + 125 * cached + 1_000 * output, 2)
              .movePointLeft(6)
              .setScale(10);
      ledger
          .owner()
          .sql(ADD)
          .param("requestId", requestId)
          .param("attempt", attempt)
          .param("entry", entry)
          .param("reverses", reverses)
          .param("user", user)
          .param("team", team)
          .param("input", input)
          .param("cached", cached)
          .param("output", output)
          .param("money", money)
          .param("priced", priced)
          .param("estimated", estimated)
          .param("suspect", suspect)
          .param("openedAt", OffsetDateTime.ofInstant(openedAt, ZoneOffset.UTC))
          .update();
    }
  }
}
