package dev.sluice.api.finance;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.id.Caller;
import dev.sluice.common.message.ProviderDayWanted;
import dev.sluice.common.message.ProviderFigures;
import dev.sluice.common.message.ProviderFigures.Source;
import dev.sluice.common.reconciliation.MalformedPageException;
import dev.sluice.common.reconciliation.ProviderPage;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.LowerCamelCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * {@code /api/finance/reconciliation}: the ledger beside the provider's figures, by day and model;
 * figures that somebody brings along; days to ask the provider for.
 */
@RestController
class Reconciliation {
  /** A page of 180 days with many models has about half of it. */
  private static final int MOST_BYTES = 4 << 20;

  private static final String DAYS =
      """
      select day, model, ledger_models, attempts, input_tokens, cached_input_tokens,
          output_tokens, cost, currency, estimated_attempts, unpriced_attempts,
          provider_requests, provider_input_tokens, provider_cached_input_tokens,
          provider_output_tokens, provider_cost, input_tokens_difference,
          output_tokens_difference, cost_difference, share, coverage, state
      from reconciliation_daily
      where day >= :from and day < :to
      order by day, model
      """;

  private final JdbcClient jdbc;
  private final ReconciliationQueue queue;
  private final BigDecimal threshold;
  private final InstantSource clock;

  Reconciliation(
      JdbcClient jdbc,
      ReconciliationQueue queue,
      ReconciliationProperties properties,
      InstantSource clock) {
    this.jdbc = jdbc;
    this.queue = queue;
    this.threshold = properties.threshold();
    this.clock = clock;
  }

  /**
   * One side's figures.
   *
   * @param requests of the ledger all attempts, refused ones included; of the provider those that
   *     it counts
   */
  @JsonNaming(LowerCamelCaseStrategy.class)
  record Figures(
      @Nullable Long requests,
      @Nullable Long inputTokens,
      @Nullable Long cachedInputTokens,
      @Nullable Long outputTokens,
      @Nullable String cost) {}

  /**
   * Ledger less provider.
   *
   * @param share the largest of the three, as a share of the provider's figure
   */
  @JsonNaming(LowerCamelCaseStrategy.class)
  record Difference(
      @Nullable Long inputTokens,
      @Nullable Long outputTokens,
      @Nullable String cost,
      @Nullable String share) {}

  /**
   * @param model as the provider names it
   * @param models names by which the ledger has its entries
   * @param coverage share of the provider's tokens that the ledger has
   * @param state {@code agrees}, {@code differs} by more than the threshold, or {@code missing}:
   *     the provider's figures are not here
   */
  @JsonNaming(LowerCamelCaseStrategy.class)
  record Day(
      LocalDate day,
      String model,
      List<String> models,
      @Nullable String currency,
      Figures ours,
      Figures provider,
      Difference difference,
      @Nullable String coverage,
      long estimatedAttempts,
      long unpricedAttempts,
      String state) {}

  record Days(String threshold, List<Day> days) {}

  @GetMapping("/api/finance/reconciliation")
  Days days(
      @RequestParam(required = false) @Nullable String from,
      @RequestParam(required = false) @Nullable String to) {
    var period = Period.of(from, to);
    var days =
        jdbc.sql(DAYS)
            .param("from", period.from())
            .param("to", period.to())
            .query((row, _) -> day(row))
            .list();
    return new Days(threshold.toPlainString(), days);
  }

  /** Takes a page as the provider returns it; each of its days goes to the worker by itself. */
  @PostMapping("/api/finance/reconciliation/import")
  @ResponseStatus(HttpStatus.ACCEPTED)
  Map<String, Integer> bring(HttpServletRequest request, Caller caller) {
    var page = page(body(request));
    var now = clock.instant();
    for (var day : page.days().keySet()) requireNotAhead(day);
    var report =
        page.report()
            .orElseThrow(() -> invalid("The page has no results, so it cannot be compared."));
    var figures =
        page.days().entrySet().stream()
            .map(day ->
                new ProviderFigures(
                    UUID.randomUUID().toString(),
                    day.getKey(),
                    report,
                    day.getValue(),
                    Source.FILE,
                    caller.user(),
                    now,
                    Map.of()))
            .toList();
    queue.send(figures);
    return Map.of("buckets", figures.size());
  }

  /** Has a worker ask the provider for a day; its figures are there some seconds later. */
  @PostMapping("/api/finance/reconciliation/fetch")
  @ResponseStatus(HttpStatus.ACCEPTED)
  Map<String, LocalDate> fetch(
      @RequestParam(required = false) @Nullable String day, Caller caller) {
    var wanted = day(day);
    requireNotAhead(wanted);
    queue.send(List.of(new ProviderDayWanted(wanted, caller.user(), clock.instant(), Map.of())));
    return Map.of("day", wanted);
  }

  private static byte[] body(HttpServletRequest request) {
    try {
      var body = request.getInputStream().readNBytes(MOST_BYTES + 1);
      if (body.length <= MOST_BYTES) return body;
    } catch (IOException cut) {
      throw new SluiceException(ErrorCode.INVALID_JSON, "The body broke off. Send it again.");
    }
    throw new SluiceException(
        ErrorCode.REQUEST_TOO_LARGE,
        "The page has more than %,d bytes. Ask the provider for fewer days at once."
            .formatted(MOST_BYTES));
  }

  private static ProviderPage page(byte[] body) {
    try {
      return ProviderPage.read(body);
    } catch (MalformedPageException malformed) {
      throw invalid(String.valueOf(malformed.getMessage()));
    }
  }

  private static SluiceException invalid(String sentence) {
    return new SluiceException(ErrorCode.INVALID_VALUE, sentence);
  }

  private static LocalDate day(@Nullable String text) {
    if (text == null)
      throw new SluiceException(
          ErrorCode.MISSING_REQUIRED_PARAMETER, "Say which day: day=2026-11-24.", "day");
    try {
      return LocalDate.parse(text);
    } catch (DateTimeException unreadable) {
      throw new SluiceException(
          ErrorCode.INVALID_VALUE, "day must be a day such as 2026-11-24.", "day");
    }
  }

  private void requireNotAhead(LocalDate day) {
    if (day.isAfter(LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC)))
      throw new SluiceException(
          ErrorCode.INVALID_VALUE, "%s has not come yet.".formatted(day), "day");
  }

  private Day day(ResultSet row) throws SQLException {
    var share = row.getBigDecimal("share");
    return new Day(
        row.getObject("day", LocalDate.class),
        row.getString("model"),
        List.of((String[]) row.getArray("ledger_models").getArray()),
        row.getString("currency"),
        figures(row, "attempts", ""),
        figures(row, "provider_requests", "provider_"),
        new Difference(
            count(row, "input_tokens_difference"),
            count(row, "output_tokens_difference"),
            money(row, "cost_difference"),
            Money.text(share)),
        money(row, "coverage"),
        row.getLong("estimated_attempts"),
        row.getLong("unpriced_attempts"),
        state(row.getString("state"), share));
  }

  /** The view's own state goes by 1 %. */
  private String state(String ofView, @Nullable BigDecimal share) {
    if (ofView.equals("missing")) return ofView;
    return share != null && share.compareTo(threshold) > 0 ? "differs" : "agrees";
  }

  private static Figures figures(ResultSet row, String requests, String side) throws SQLException {
    return new Figures(
        count(row, requests),
        count(row, side + "input_tokens"),
        count(row, side + "cached_input_tokens"),
        count(row, side + "output_tokens"),
        money(row, side + "cost"));
  }

  private static @Nullable Long count(ResultSet row, String column) throws SQLException {
    var count = row.getBigDecimal(column);
    return count == null ? null : count.longValue();
  }

  private static @Nullable String money(ResultSet row, String column) throws SQLException {
    return Money.text(row.getBigDecimal(column));
  }
}
