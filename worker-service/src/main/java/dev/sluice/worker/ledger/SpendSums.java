package dev.sluice.worker.ledger;

import static java.util.stream.Collectors.groupingBy;

import dev.sluice.common.spend.SpendAccount;
import dev.sluice.common.spend.SpendPeriod;
import dev.sluice.common.spend.SpendScope;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What subjects have spent, from the sums that the ledger keeps. Thread-safe; blocks. */
final class SpendSums {
  private final JdbcClient jdbc;

  SpendSums(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Accounts that one query can sum up. */
  private record Alike(SpendScope scope, SpendPeriod period, LocalDate start) {
    static Alike of(SpendAccount account) {
      return new Alike(account.scope(), account.period(), account.start());
    }

    /** Names of ours alone: nothing that anybody has written gets into the text of a query. */
    String sql() {
      return """
      select %1$s as subject, sum(cost) as cost
      from %2$s
      where %3$s = :start and source = 'provider' and currency = :currency
          and %1$s = any(cast(:subjects as text[]))
      group by %1$s
      """
          .formatted(
              scope == SpendScope.USER ? "user_id" : scope.label(),
              period == SpendPeriod.DAY ? "rollup_daily" : "rollup_monthly",
              period.label());
    }
  }

  /** Grows from look to look; to be taken before the sums that it stands for. */
  long version() {
    return jdbc.sql("select cast(extract(epoch from now()) * 1000000 as bigint)")
        .query(Long.class)
        .single();
  }

  /** USD; zero for those who have spent nothing. */
  Map<SpendAccount, BigDecimal> of(Collection<SpendAccount> accounts) {
    var sums = new HashMap<SpendAccount, BigDecimal>();
    accounts.stream()
        .collect(groupingBy(Alike::of))
        .forEach((alike, group) -> {
          var found = sums(alike, group);
          for (var account : group)
            sums.put(account, found.getOrDefault(account.subject(), BigDecimal.ZERO));
        });
    return sums;
  }

  private Map<String, BigDecimal> sums(Alike alike, List<SpendAccount> accounts) {
    var sums = new HashMap<String, BigDecimal>();
    jdbc.sql(alike.sql())
        .param("start", alike.start())
        .param("currency", SpendAccount.CURRENCY)
        .param("subjects", accounts.stream().map(SpendAccount::subject).toArray(String[]::new))
        .query(row -> {
          sums.put(row.getString("subject"), row.getBigDecimal("cost"));
        });
    return sums;
  }
}
