package dev.sluice.systemtests;

import static java.time.Duration.ofSeconds;
import static org.awaitility.Awaitility.await;

import dev.sluice.localstack.Part;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ledger, each attempt as it stands. */
final class Ledger {
  private static final String ENTRIES =
      """
      select attempt, user_id, model, input_tokens, cached_input_tokens, output_tokens, cost,
             estimated, outcome, error_code
      from attempt_cost
      where request_id = ?
      order by attempt
      """;

  // What others do is for their own role to see
  private static final String END_READERS =
      """
      select count(pg_terminate_backend(pid)) from pg_stat_activity
      where usename = current_user and state = 'idle in transaction'
      """;

  private final Part postgres;

  Ledger(Part postgres) {
    this.postgres = postgres;
  }

  record Entry(
      int attempt,
      String user,
      String model,
      long inputTokens,
      long cachedInputTokens,
      long outputTokens,
      @Nullable BigDecimal cost,
      boolean estimated,
      String outcome,
      @Nullable String errorCode) {}

  /** The entries of a request, as soon as there are that many. */
  List<Entry> awaitEntries(String requestId, int count) {
    return await()
        .atMost(ofSeconds(20))
        .ignoreExceptions() // Postgres may be on its way up
        .until(() -> entries(requestId), entries -> entries.size() == count);
  }

  List<Entry> entries(String requestId) throws SQLException {
    try (var connection = connect();
        var query = connection.prepareStatement(ENTRIES)) {
      query.setString(1, requestId);
      var entries = new ArrayList<Entry>();
      try (var row = query.executeQuery()) {
        while (row.next())
          entries.add(
              new Entry(
                  row.getInt("attempt"),
                  row.getString("user_id"),
                  row.getString("model"),
                  row.getLong("input_tokens"),
                  row.getLong("cached_input_tokens"),
                  row.getLong("output_tokens"),
                  row.getBigDecimal("cost"),
                  row.getBoolean("estimated"),
                  row.getString("outcome"),
                  row.getString("error_code")));
      }
      return entries;
    }
  }

  /** Reads a row. */
  interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** All that a query finds; a parameter that is an array is one of texts. */
  <T> List<T> query(String sql, Row<T> reader, Object... parameters) throws SQLException {
    try (var connection = connect();
        var query = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++)
        if (parameters[i] instanceof String[] texts)
          query.setArray(i + 1, connection.createArrayOf("text", texts));
        else query.setObject(i + 1, parameters[i]);
      var found = new ArrayList<T>();
      try (var row = query.executeQuery()) {
        while (row.next()) found.add(reader.read(row));
      }
      return found;
    }
  }

  /** As the owner of the tables. */
  void update(String sql) throws SQLException {
    try (var connection = connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** One figure. */
  long count(String sql) throws SQLException {
    try (var connection = connect();
        var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  /** Ends the sessions of those who read the ledger in a transaction; how many there were. */
  int endReaders() throws SQLException {
    var access = postgres.details();
    try (var connection =
            DriverManager.getConnection(
                access.get("jdbc_url"),
                access.get("finance_user"),
                access.get("finance_password"));
        var statement = connection.createStatement();
        var row = statement.executeQuery(END_READERS)) {
      row.next();
      return row.getInt(1);
    }
  }

  private Connection connect() throws SQLException {
    var access = postgres.details();
    return DriverManager.getConnection(
        access.get("jdbc_url"), access.get("user"), access.get("password"));
  }
}
