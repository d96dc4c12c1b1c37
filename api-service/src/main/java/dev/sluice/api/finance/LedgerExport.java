package dev.sluice.api.finance;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import javax.sql.DataSource;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Writes the ledger's rows of a period as CSV (RFC 4180, UTF-8), in the order of opened_at,
 * request, attempt and entry. A row goes from Postgres to the client before the next ones are
 * fetched, so an export of any length needs the same little memory. Each line ends with the cursor
 * of its end, and an export can be taken up behind any line. Thread-safe; blocks while the client
 * does not read.
 */
final class LedgerExport {
  private static final int ROWS_AT_ONCE = 1_000;
  private static final int BUFFER = 64 * 1024;

  // A spreadsheet takes a cell for a formula by its first character.
  private static final String STARTS_OF_FORMULAS = "=+-@\t\r";

  private static final Map<String, String> AGAIN = Map.of("retry-after", "30");

  private final JdbcClient rows;
  private final TransactionTemplate snapshot;
  private final Semaphore underWay;

  /**
   * @param most exports under way at once: each has a connection as long as it takes
   */
  LedgerExport(DataSource data, PlatformTransactionManager transactions, int most) {
    var template = new JdbcTemplate(data);
    template.setFetchSize(ROWS_AT_ONCE);
    this.rows = JdbcClient.create(template);
    // With auto-commit the driver would fetch all rows before the first one
    this.snapshot = new TransactionTemplate(transactions);
    this.snapshot.setReadOnly(true);
    this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    this.underWay = new Semaphore(most);
  }

  /** Where an export goes; asked for once there is something to write. */
  interface Target {
    OutputStream open() throws IOException;
  }

  /**
   * @param after the line to begin behind, without a header; null for all of it
   * @param cursor name of the last column
   * @throws SluiceException if as many are under way as may be
   * @throws UncheckedIOException if the client does not take it
   */
  void write(
      Period period,
      @Nullable Cursor after,
      Function<PriceList, Layout> layout,
      String cursor,
      Target target) {
    if (!underWay.tryAcquire())
      throw new SluiceException(
          ErrorCode.SERVICE_UNAVAILABLE,
          "As many exports run here as may. Try again when one has ended.",
          AGAIN);
    try {
      snapshot.executeWithoutResult(_ -> {
        var lines = new Lines(layout.apply(PriceList.read(rows)), cursor, after, target);
        read(period, after, lines);
        lines.end();
      });
    } finally {
      underWay.release();
    }
  }

  private void read(Period period, @Nullable Cursor after, RowCallbackHandler lines) {
    var query =
        rows.sql(
                """
                select * from ledger_entry
                where opened_at >= :start and opened_at < :end%s
                order by opened_at, request_id, attempt, entry
                """
                    .formatted(
                        after == null
                            ? ""
                            : " and (opened_at, request_id, attempt, entry)"
                                + " >= (:openedAt, :requestId, :attempt, :entry)"))
            .param("start", period.start())
            .param("end", period.end());
    if (after != null)
      query
          .param("openedAt", after.at())
          .param("requestId", after.requestId())
          .param("attempt", after.attempt())
          .param("entry", after.entry());
    query.query(lines);
  }

  /** The lines of one export. Confined to its thread. */
  private static final class Lines implements RowCallbackHandler {
    private final Layout layout;
    private final String cursor;
    private final @Nullable Cursor after;
    private final Target target;
    private @Nullable CSVPrinter printer;

    Lines(Layout layout, String cursor, @Nullable Cursor after, Target target) {
      this.layout = layout;
      this.cursor = cursor;
      this.after = after;
      this.target = target;
    }

    @Override
    public void processRow(ResultSet row) throws SQLException {
      try {
        var csv = begin();
        int number = 0;
        for (var line : layout.lines(row)) {
          number++;
          var end =
              new Cursor(
                  row.getTimestamp("opened_at").toInstant(),
                  row.getString("request_id"),
                  row.getInt("attempt"),
                  row.getInt("entry"),
                  number);
          if (isWritten(end)) continue;
          var cells = new ArrayList<@Nullable Object>(line.size() + 1);
          for (var value : line) cells.add(cell(value));
          cells.add(end.text());
          csv.printRecord(cells);
        }
      } catch (IOException broken) {
        throw new UncheckedIOException(broken);
      }
    }

    /** Nothing is sent before the first row is there: until then a failure is still an answer. */
    private CSVPrinter begin() throws IOException {
      var begun = printer;
      if (begun != null) return begun;
      var writer = new BufferedWriter(new OutputStreamWriter(target.open(), UTF_8), BUFFER);
      begun = new CSVPrinter(writer, CSVFormat.RFC4180);
      printer = begun;
      if (after == null) {
        List<String> header = new ArrayList<>(layout.header());
        header.add(cursor);
        begun.printRecord(header);
      }
      return begun;
    }

    /** The first row of the query is the one that the cursor stands in. */
    private boolean isWritten(Cursor end) {
      return after != null
          && end.line() <= after.line()
          && end.entry() == after.entry()
          && end.attempt() == after.attempt()
          && end.requestId().equals(after.requestId())
          && end.openedAt().equals(after.openedAt());
    }

    private static @Nullable Object cell(@Nullable Object value) {
      return switch (value) {
        case BigDecimal number -> number.toPlainString();
        case String text when isFormula(text) -> "'" + text;
        case null, default -> value;
      };
    }

    private static boolean isFormula(String text) {
      return !text.isEmpty() && STARTS_OF_FORMULAS.indexOf(text.charAt(0)) >= 0;
    }

    /** Only after all went well: half an export must not look like a whole one. */
    void end() {
      try {
        begin().flush();
      } catch (IOException broken) {
        throw new UncheckedIOException(broken);
      }
    }
  }
}
