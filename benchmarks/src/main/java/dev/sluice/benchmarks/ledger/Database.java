package dev.sluice.benchmarks.ledger;

import dev.sluice.benchmarks.Row;
import dev.sluice.localstack.Part;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;

/** The stack's Postgres, as the owner of the tables. Not thread-safe. */
final class Database implements AutoCloseable {
  private final Map<String, String> access;
  private final Connection connection;

  Database(Part postgres) {
    this.access = new HashMap<>(postgres.details());
    try {
      this.connection = DriverManager.getConnection(url(), user(), password());
    } catch (SQLException unreachable) {
      throw new IllegalStateException("Postgres cannot be reached", unreachable);
    }
  }

  String url() {
    return access.getOrDefault("jdbc_url", "");
  }

  String user() {
    return access.getOrDefault("user", "");
  }

  String password() {
    return access.getOrDefault("password", "");
  }

  void execute(String sql) {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException failed) {
      throw new IllegalStateException(sql, failed);
    }
  }

  /** The first figure of the first row. */
  long figure(String sql) {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    } catch (SQLException failed) {
      throw new IllegalStateException(sql, failed);
    }
  }

  /**
   * Reads all rows.
   *
   * @return them, as text, so that two queries can be compared
   */
  String read(String sql) {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      int columns = row.getMetaData().getColumnCount();
      var text = new StringBuilder();
      while (row.next()) {
        for (int column = 1; column <= columns; column++)
          text.append(row.getString(column)).append('|');
        text.append('\n');
      }
      return text.toString();
    } catch (SQLException failed) {
      throw new IllegalStateException(sql, failed);
    }
  }

  /**
   * The rows of a day as a driver gives them that is simply asked: all of them.
   *
   * @param rows that the day has
   */
  Row hold(LocalDate day, long rows) {
    long before = used();
    try (var statement = connection.createStatement();
        var found =
            statement.executeQuery(
                "select * from usage_entry where opened_at >= '%s Z' and opened_at < '%s Z' order by opened_at"
                    .formatted(day, day.plusDays(1)))) {
      double held = (used() - before) / 1_048_576.0;
      if (!found.next()) throw new IllegalStateException("the day has no rows");
      return Row.of("driver")
          .with("phase", "export_day")
          .with("entries", rows)
          .figure("heap_held_mb", held);
    } catch (SQLException failed) {
      throw new IllegalStateException("the day cannot be read", failed);
    }
  }

  private static long used() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException closing) {
      throw new IllegalStateException("Postgres cannot be left", closing);
    }
  }
}
