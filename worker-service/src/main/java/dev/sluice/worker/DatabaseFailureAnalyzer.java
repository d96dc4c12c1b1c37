package dev.sluice.worker;

import java.sql.SQLException;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** A worker that cannot use its database says so in one line. */
final class DatabaseFailureAnalyzer extends AbstractFailureAnalyzer<SQLException> {
  // Classes of SQL states, the same in every database
  private static final String REFUSED = "28";
  private static final String UNREACHABLE = "08";

  @Override
  protected @Nullable FailureAnalysis analyze(Throwable root, SQLException failure) {
    boolean migrating = findCause(root, FlywayException.class) != null;
    return new FailureAnalysis(line(failure, migrating), "the ledger lives there", failure);
  }

  private static String line(SQLException failure, boolean migrating) {
    var state = String.valueOf(failure.getSQLState());
    if (state.startsWith(UNREACHABLE))
      return "Postgres does not answer: set SPRING_DATASOURCE_URL to one that does, or start it";
    if (!state.startsWith(REFUSED)) return "Postgres refuses: " + failure.getMessage();
    return migrating
        ? "Postgres refuses the owner of the tables: set SPRING_FLYWAY_USER and"
            + " SPRING_FLYWAY_PASSWORD to that role's"
        : "Postgres refuses the writer: set SPRING_DATASOURCE_USERNAME and"
            + " SPRING_DATASOURCE_PASSWORD to that role's";
  }
}
