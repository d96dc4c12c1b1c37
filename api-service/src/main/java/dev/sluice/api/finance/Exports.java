package dev.sluice.api.finance;

import jakarta.servlet.http.HttpServletResponse;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code GET /api/finance/export/…}: the ledger of a period as CSV, a line a row, or in the columns
 * of FOCUS. Written on the request's own thread.
 */
@RestController
class Exports {
  private static final Logger log = LoggerFactory.getLogger(Exports.class);

  private final LedgerExport export;
  private final FinanceProperties properties;

  Exports(LedgerExport export, FinanceProperties properties) {
    this.export = export;
    this.properties = properties;
  }

  @GetMapping("/api/finance/export/usage.csv")
  void usage(@RequestParam MultiValueMap<String, String> query, HttpServletResponse response) {
    write("usage", "cursor", _ -> new UsageLayout(), query, response);
  }

  @GetMapping("/api/finance/export/focus.csv")
  void focus(@RequestParam MultiValueMap<String, String> query, HttpServletResponse response) {
    write(
        "focus",
        "x_Cursor",
        prices -> new FocusLayout(prices, properties.billingAccount()),
        query,
        response);
  }

  private void write(
      String name,
      String cursorColumn,
      Function<PriceList, Layout> layout,
      MultiValueMap<String, String> query,
      HttpServletResponse response) {
    var parameters = Parameters.of(query, List.of(), "cursor");
    var period = parameters.period();
    var cursor = parameters.text("cursor");
    try {
      export.write(
          period,
          cursor == null ? null : Cursor.parse(cursor),
          layout,
          cursorColumn,
          () -> {
            response.setContentType("text/csv;charset=utf-8");
            response.setHeader(
                "Content-Disposition",
                "attachment; filename=\"%s-%s-%s.csv\""
                    .formatted(name, period.from(), period.to()));
            response.setHeader("Cache-Control", "no-store");
            return response.getOutputStream();
          });
    } catch (UncheckedIOException gone) {
      log.atDebug().setCause(gone).log("A client left before its export was whole");
    }
  }
}
