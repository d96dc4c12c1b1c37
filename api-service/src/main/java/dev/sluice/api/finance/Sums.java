package dev.sluice.api.finance;

import static java.util.stream.Collectors.joining;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Adds up sums that the ledger keeps, so that an answer costs the same however many requests there
 * were. Thread-safe.
 */
final class Sums {
  private final JdbcClient jdbc;

  Sums(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * @param view that has the sums
   * @param time its column that says when: {@code day}, or {@code month} by its first day
   * @param figures the first one is how many, the last one is how much
   */
  record Kept(String view, String time, List<Figure> figures) {}

  /**
   * @param name as in the answer
   * @param isMoney told as text
   */
  record Figure(String name, String column, boolean isMoney) {
    static Figure count(String name, String column) {
      return new Figure(name, column, false);
    }

    static Figure money(String name, String column) {
      return new Figure(name, column, true);
    }

    private String sql() {
      return "sum(%s) as \"%s\"".formatted(column, name);
    }

    private @Nullable Object of(ResultSet row) throws SQLException {
      var sum = row.getBigDecimal(name);
      if (isMoney) return Money.text(sum);
      return sum == null ? null : sum.toBigInteger();
    }
  }

  /** In the order of their days, else the largest first; each row has what was asked for by. */
  record Answer(
      String from, String to, List<String> by, List<Map<String, @Nullable Object>> rows) {}

  Answer ask(Kept kept, Period period, List<Dimension> by, Filters filters) {
    var columns = by.stream().map(Dimension::column).collect(joining(", "));
    var sql =
        """
        with kept as (
            select %1$s, currency, %2$s
            from %3$s
            where %4$s >= :from and %4$s < :to%5$s
            group by %6$s, currency
        )
        select * from kept
        where "%7$s" <> 0 or "%8$s" <> 0
        order by %9$s "%8$s" desc, %6$s, currency
        """
            .formatted(
                by.stream().map(dimension -> expression(dimension, kept)).collect(joining(", ")),
                kept.figures().stream().map(Figure::sql).collect(joining(", ")),
                kept.view(),
                kept.time(),
                filters.sql(),
                columns,
                kept.figures().getFirst().name(),
                kept.figures().getLast().name(),
                by.stream()
                    .filter(Dimension::isTime)
                    .map(it -> it.column() + ",")
                    .collect(joining()));
    return new Answer(
        period.from().toString(),
        period.to().toString(),
        by.stream().map(Dimension::label).toList(),
        jdbc.sql(sql)
            .param("from", period.from())
            .param("to", period.to())
            .params(filters.parameters())
            .query((row, _) -> row(row, kept, by))
            .list());
  }

  private static String expression(Dimension dimension, Kept kept) {
    return dimension == Dimension.MONTH && !kept.time().equals("month")
        ? "date_trunc('month', %s)::date as month".formatted(kept.time())
        : dimension.column();
  }

  private static Map<String, @Nullable Object> row(ResultSet row, Kept kept, List<Dimension> by)
      throws SQLException {
    var sums = new LinkedHashMap<String, @Nullable Object>();
    for (var dimension : by) sums.put(dimension.label(), row.getString(dimension.column()));
    sums.put("currency", row.getString("currency"));
    for (var figure : kept.figures()) sums.put(figure.name(), figure.of(row));
    return sums;
  }
}
