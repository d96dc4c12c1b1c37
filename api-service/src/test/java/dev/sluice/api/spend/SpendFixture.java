package dev.sluice.api.spend;

import dev.sluice.api.TestingStack;
import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.message.SpendCapSet;
import dev.sluice.common.spend.SpendAccount;
import dev.sluice.common.spend.SpendPeriod;
import dev.sluice.common.spend.SpendScope;
import dev.sluice.common.topic.Priority;
import io.lettuce.core.api.StatefulRedisConnection;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Spending on a real Redis, with caps of its own, and a real Postgres with tables in the place of
 * the ledger's views. Tests of other packages use it too; each has subjects of its own.
 */
public final class SpendFixture {
  /** 10 USD for a million input tokens, 100 for a million output tokens. */
  public static final String MODEL = "small";

  private static final String VIEWS =
      """
      drop schema if exists spend cascade;
      create schema spend;
      create table spend.rate_card_history (
          model text, service_tier text, valid_from timestamptz, valid_until timestamptz,
          currency text, input_price numeric, output_price numeric, long_context_above bigint,
          long_input_price numeric, long_output_price numeric);
      create table spend.cost_daily (
          day date, user_id text, team text, project text, model text, currency text,
          attempts bigint, output_tokens numeric, suspect_attempts bigint, cost numeric);
      create table spend.cost_monthly (
          month date, user_id text, team text, project text, currency text, cost numeric);
      create table spend.unsettled_attempt (
          request_id text, user_id text, team text, tags jsonb, model text, input_tokens bigint,
          opened_at timestamptz, deadline timestamptz);
      insert into spend.rate_card_history values
          ('small', 'default', '2020-01-01Z', null, 'USD', 10, 100, null, null, null),
          ('large', 'default', '2020-01-01Z', null, 'USD', 10, 100, 1000, 20, 200),
          ('large', 'priority', '2020-01-01Z', null, 'USD', 30, 300, null, null, null),
          ('changing', 'default', '2020-01-01Z', '2021-01-01Z', 'USD', 1, 1, null, null, null);
      """;

  private final Map<String, SpendCapSet> set = new ConcurrentHashMap<>();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Caps caps = caps();
  private final SpendProperties properties =
      new SpendProperties(1_000, Duration.ofMinutes(1), Duration.ofSeconds(10));
  private final StatefulRedisConnection<String, byte[]> redis;
  private final SpendStore store;
  private final SpendMeters meters = new SpendMeters(registry);
  private final SpendLedger ledger = ledger();
  private final Estimates estimates = new Estimates(ledger, 1_000, InstantSource.system());
  private final Spending spending;
  private final SpendWatch watch;
  private volatile boolean ledgerIsAway;

  public SpendFixture(StatefulRedisConnection<String, byte[]> redis) {
    this.redis = redis;
    store = new SpendStore(redis);
    spending = instance();
    watch = watch(spending);
  }

  private static final class Ledger {
    static final DataSource SOURCE = make();

    private static DataSource make() {
      var access = TestingStack.postgres();
      var owner =
          new DriverManagerDataSource(
              String.valueOf(access.get("jdbc_url")),
              String.valueOf(access.get("user")),
              String.valueOf(access.get("password")));
      JdbcClient.create(owner).sql(VIEWS).update();
      return new DriverManagerDataSource(
          access.get("jdbc_url") + "?currentSchema=spend",
          String.valueOf(access.get("user")),
          String.valueOf(access.get("password")));
    }
  }

  /** Another instance with the same caps, on the same Redis. */
  Spending instance() {
    return new Spending(caps, store, ledger, estimates, meters, InstantSource.system());
  }

  SpendWatch watch(Spending instance) {
    return new SpendWatch(
        instance, estimates, caps, store, meters, properties, InstantSource.system());
  }

  private SpendLedger ledger() {
    var source =
        new AbstractDataSource() {
          @Override
          public Connection getConnection() throws SQLException {
            if (ledgerIsAway) throw new SQLTransientConnectionException("away");
            return Ledger.SOURCE.getConnection();
          }

          @Override
          public Connection getConnection(String user, String password) throws SQLException {
            return getConnection();
          }
        };
    return new SpendLedger(JdbcClient.create(source));
  }

  private Caps caps() {
    return new Caps() {
      @Override
      public @Nullable SpendCapSet of(SpendScope scope, String subject, SpendPeriod period) {
        return set.get(SpendCapSet.key(scope, subject, period));
      }

      @Override
      public Collection<SpendCapSet> all() {
        return set.values();
      }
    };
  }

  public Spending spending() {
    return spending;
  }

  SpendWatch watch() {
    return watch;
  }

  SimpleMeterRegistry registry() {
    return registry;
  }

  Estimates estimates() {
    return estimates;
  }

  SpendStore store() {
    return store;
  }

  public SpendCapSet cap(
      SpendScope scope,
      String subject,
      SpendPeriod period,
      @Nullable String soft,
      @Nullable String hard) {
    var cap =
        new SpendCapSet(
            scope,
            subject,
            period,
            soft == null ? null : new BigDecimal(soft),
            hard == null ? null : new BigDecimal(hard),
            "finance",
            Instant.now(),
            Map.of());
    set.put(cap.key(), cap);
    return cap;
  }

  /** What Redis or, where it has lost that, the ledger has of a cap's current period. */
  public CapStanding.Spent spent(SpendCapSet cap) {
    var spent = spending.standings(List.of(cap)).getFirst().spent();
    if (spent == null) throw new AssertionError("nobody knows");
    return spent;
  }

  /** As a flush does. */
  public void lose(SpendCapSet cap) {
    redis.sync().del(cap.account(Instant.now()).keys());
  }

  public void loseLedger() {
    ledgerIsAway = true;
  }

  void findLedger() {
    ledgerIsAway = false;
  }

  /** What a user of a team has spent on a day, by the ledger. */
  void spend(SpendAccount account, String cost) {
    var table = account.period() == SpendPeriod.DAY ? "cost_daily" : "cost_monthly";
    var column = account.scope() == SpendScope.USER ? "user_id" : account.scope().label();
    JdbcClient.create(Ledger.SOURCE)
        .sql(
            "insert into %s (%s, %s, currency, cost) values (:start, :subject, 'USD', :cost)"
                .formatted(table, account.period().label(), column))
        .param("start", account.start())
        .param("subject", account.subject())
        .param("cost", new BigDecimal(cost))
        .update();
  }

  /** A call of this model that has put out so much. */
  void answered(String model, long attempts, long outputTokens) {
    JdbcClient.create(Ledger.SOURCE)
        .sql(
            """
            insert into cost_daily (day, user_id, model, currency, attempts, output_tokens, suspect_attempts, cost)
            values (current_date, 'somebody', :model, 'USD', :attempts, :output, 0, 0)
            """)
        .param("model", model)
        .param("attempts", attempts)
        .param("output", outputTokens)
        .update();
  }

  /** A call that the ledger has not seen end. */
  void opened(RequestEnvelope request) {
    JdbcClient.create(Ledger.SOURCE)
        .sql(
            """
            insert into unsettled_attempt
            values (:id, :user, :team, jsonb_build_object('project', cast(:project as text)), :model, :input, now(), now() + interval '10 minutes')
            """)
        .param("id", request.id())
        .param("user", request.userId())
        .param("team", request.team())
        .param("project", request.tags().get("project"))
        .param("model", request.model())
        .param("input", request.inputTokens())
        .update();
  }

  /** Costs 0.02 USD: 1,000 tokens in, 100 out. */
  static RequestEnvelope aRequest(String id, String user, String team, String project) {
    return aRequest(id, user, team, project, Instant.now());
  }

  static RequestEnvelope aRequest(
      String id, String user, String team, String project, Instant acceptedAt) {
    return new RequestEnvelope(
        id,
        user,
        team,
        Map.of("project", project),
        MODEL,
        Priority.INTERACTIVE,
        acceptedAt,
        acceptedAt.plusSeconds(600),
        1_000,
        1_000,
        0,
        0,
        "{\"max_output_tokens\":100}",
        null,
        Map.of());
  }
}
