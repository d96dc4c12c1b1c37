package dev.sluice.api.spend;

import static java.time.ZoneOffset.UTC;

import dev.sluice.common.spend.ModelFamily;
import dev.sluice.common.spend.SpendAccount;
import dev.sluice.common.spend.SpendPeriod;
import dev.sluice.common.spend.SpendScope;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the ledger's views tell of spending and prices. Thread-safe; blocks for Postgres. */
final class SpendLedger {
  private static final Duration USUAL = Duration.ofDays(7);

  private static final String CARDS =
      """
      select model, service_tier, valid_from, valid_until, input_price, output_price,
          long_context_above, long_input_price, long_output_price
      from rate_card_history
      where currency = :currency and (valid_until is null or valid_until > :now)
      """;

  private static final String OUTPUT =
      """
      select model, sum(output_tokens) as tokens, sum(attempts) as attempts
      from cost_daily
      where day >= :since and suspect_attempts = 0
      group by model
      having sum(attempts) > 0
      """;

  private static final String OPEN =
      """
      select request_id, model, sum(input_tokens) as input_tokens, max(deadline) as deadline
      from unsettled_attempt
      where opened_at >= :start and opened_at < :end and %s = :subject
      group by request_id, model
      """;

  private final JdbcClient jdbc;

  SpendLedger(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * @param settled what has been settled, USD
   * @param version grows with each look, so that a later one is never replaced by an earlier one
   * @param open attempts that are not settled yet
   */
  record Standing(BigDecimal settled, long version, List<Open> open) {}

  /** All attempts of a request that are not settled. */
  record Open(String requestId, String model, long inputTokens, Instant deadline) {}

  Standing standing(SpendAccount account) {
    // In this order: what is settled meanwhile counts twice for a moment, rather than not at all
    long version = version();
    var open = open(account);
    return new Standing(settled(account), version, open);
  }

  private long version() {
    return jdbc.sql("select cast(extract(epoch from now()) * 1000000 as bigint)")
        .query(Long.class)
        .single();
  }

  private List<Open> open(SpendAccount account) {
    var subject =
        account.scope() == SpendScope.PROJECT ? "tags ->> 'project'" : column(account.scope());
    return jdbc.sql(OPEN.formatted(subject))
        .param("start", Timestamp.from(account.start().atStartOfDay(UTC).toInstant()))
        .param("end", Timestamp.from(account.end()))
        .param("subject", account.subject())
        .query((row, _) ->
            new Open(
                row.getString("request_id"),
                row.getString("model"),
                row.getLong("input_tokens"),
                row.getTimestamp("deadline").toInstant()))
        .list();
  }

  private BigDecimal settled(SpendAccount account) {
    var sums = account.period() == SpendPeriod.DAY ? "cost_daily" : "cost_monthly";
    return jdbc.sql(
            "select coalesce(sum(cost), 0) from %s where %s = :start and %s = :subject and currency = :currency"
                .formatted(sums, account.period().label(), column(account.scope())))
        .param("start", account.start())
        .param("subject", account.subject())
        .param("currency", SpendAccount.CURRENCY)
        .query(BigDecimal.class)
        .single();
  }

  private static String column(SpendScope scope) {
    return switch (scope) {
      case USER -> "user_id";
      case TEAM -> "team";
      case PROJECT -> "project";
    };
  }

  /**
   * @param unknownOutput tokens that a model puts out of which nothing is known
   */
  PriceList prices(long unknownOutput, Instant now) {
    var cards =
        jdbc.sql(CARDS)
            .param("currency", SpendAccount.CURRENCY)
            .param("now", Timestamp.from(now))
            .query((row, _) -> card(row))
            .list();
    return new PriceList(cards, usualOutput(now), unknownOutput);
  }

  private static CardPrices card(ResultSet row) throws SQLException {
    var until = row.getTimestamp("valid_until");
    return new CardPrices(
        row.getString("model"),
        row.getString("service_tier"),
        row.getTimestamp("valid_from").toInstant(),
        until == null ? null : until.toInstant(),
        row.getBigDecimal("input_price"),
        row.getBigDecimal("output_price"),
        row.getObject("long_context_above", Long.class),
        row.getBigDecimal("long_input_price"),
        row.getBigDecimal("long_output_price"));
  }

  /** A dated model and its family alike, since requests name either. */
  private Map<String, Long> usualOutput(Instant now) {
    var tokens = new HashMap<String, BigDecimal>();
    var attempts = new HashMap<String, Long>();
    jdbc.sql(OUTPUT)
        .param("since", SpendPeriod.DAY.startOf(now.minus(USUAL)))
        .query(row -> {
          var model = row.getString("model");
          add(tokens, attempts, model, row);
          if (!model.equals(ModelFamily.of(model)))
            add(tokens, attempts, ModelFamily.of(model), row);
        });
    var usual = new HashMap<String, Long>();
    tokens.forEach((model, sum) -> {
      var count = BigDecimal.valueOf(attempts.getOrDefault(model, 1L));
      usual.put(model, sum.divide(count, RoundingMode.CEILING).longValue());
    });
    return usual;
  }

  private static void add(
      Map<String, BigDecimal> tokens, Map<String, Long> attempts, String model, ResultSet row)
      throws SQLException {
    tokens.merge(model, row.getBigDecimal("tokens"), BigDecimal::add);
    attempts.merge(model, row.getLong("attempts"), Long::sum);
  }
}
