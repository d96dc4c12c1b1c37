package dev.sluice.api.finance;

import static dev.sluice.api.finance.Dimension.MODEL;
import static dev.sluice.api.finance.Dimension.PRIORITY;
import static dev.sluice.api.finance.Dimension.PROJECT;
import static dev.sluice.api.finance.Dimension.TEAM;
import static dev.sluice.api.finance.Dimension.USER;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.LowerCamelCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * {@code GET /api/finance/requests}: the requests behind a sum, the newest first, a page at a time;
 * {@code GET /api/finance/requests/{id}}: the attempts of one.
 */
@RestController
class Requests {
  private static final List<Dimension> FILTERS = List.of(TEAM, USER, PROJECT, MODEL, PRIORITY);
  private static final int USUAL_PAGE = 50;
  private static final int MOST = 500;

  private static final Map<String, String> STATES =
      Map.of(
          "estimated", " and estimated",
          "unpriced", " and rate_card_id is null",
          "suspect", " and suspect is not null");

  // A request has its place by the first of its attempts that is asked for: only as many are
  // looked at as the page has, however many the period has.
  private static final String PAGE =
      """
      with asked as not materialized (
          select request_id, attempt, opened_at, user_id, team, project
          from attempt_cost
          where opened_at >= :start and opened_at < :end%s
      ), page as (
          select * from asked
          where not exists (
              select from asked earlier
              where earlier.request_id = asked.request_id and earlier.attempt < asked.attempt
          )%s
          order by opened_at desc, request_id desc
          limit :most
      )
      select page.request_id, page.opened_at as place, user_id, team, project, whole.*
      from page
      cross join lateral (
          select count(*) filter (where source = 'provider') as attempts,
              min(opened_at) as opened_at,
              (array_agg(model order by attempt desc))[1] as model,
              (array_agg(outcome order by attempt desc))[1] as outcome,
              sum(input_tokens) as input_tokens, sum(output_tokens) as output_tokens,
              case when count(cost) = count(*) then sum(cost) end as cost,
              min(currency) as currency, bool_or(estimated) as estimated,
              bool_or(rate_card_id is null) as unpriced,
              bool_or(suspect is not null) as suspect
          from attempt_cost
          where attempt_cost.request_id = page.request_id
      ) whole
      order by place desc, page.request_id desc
      """;

  private static final String ATTEMPTS =
      """
      select * from attempt_cost where request_id = :requestId order by attempt
      """;

  private final JdbcClient jdbc;

  Requests(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * @param attempts provider calls; none where an answer was used again
   * @param model of the last attempt, as is {@code outcome}
   * @param cost null while one of the attempts has no price
   */
  @JsonNaming(LowerCamelCaseStrategy.class)
  record Request(
      String requestId,
      Instant openedAt,
      String user,
      String team,
      String project,
      String model,
      long attempts,
      long inputTokens,
      long outputTokens,
      @Nullable String cost,
      String currency,
      boolean estimated,
      boolean unpriced,
      boolean suspect,
      String outcome) {}

  /**
   * @param next where the next page begins; null after the last one
   */
  record Page(List<Request> requests, @Nullable String next) {}

  /**
   * @param attempt 0 for an answer that was used again, without a call
   * @param droppedTokens of the conversation's oldest turns, which trimming left out
   * @param suspect why its counts cannot be believed
   */
  @JsonNaming(LowerCamelCaseStrategy.class)
  record Attempt(
      int attempt,
      String source,
      String model,
      String serviceTier,
      String priority,
      long inputTokens,
      long cachedInputTokens,
      long cacheWriteTokens,
      long outputTokens,
      long reasoningTokens,
      long droppedTokens,
      @Nullable String cost,
      @Nullable String saved,
      String currency,
      boolean estimated,
      @Nullable String suspect,
      boolean corrected,
      String outcome,
      @Nullable String errorCode,
      Instant openedAt,
      Instant settledAt) {}

  /**
   * @param model of the last attempt
   */
  @JsonNaming(LowerCamelCaseStrategy.class)
  record Attempts(
      String requestId,
      String user,
      String team,
      String project,
      String model,
      List<Attempt> attempts) {}

  private record Owned(String user, String team, String project, Attempt attempt) {}

  private record Placed(Request request, Instant place) {}

  @GetMapping("/api/finance/requests")
  Page requests(@RequestParam MultiValueMap<String, String> query) {
    var parameters = Parameters.of(query, FILTERS, "state", "limit", "cursor");
    var period = parameters.period();
    var filters = Filters.of(parameters, FILTERS);
    int limit = parameters.number("limit", USUAL_PAGE, MOST);
    var values = new HashMap<String, Object>(filters.parameters());
    values.putAll(Map.of("start", period.start(), "end", period.end(), "most", limit + 1));
    var cursor = parameters.text("cursor");
    if (cursor != null) {
      var place = Cursor.parse(cursor);
      values.putAll(Map.of("placeAt", place.at(), "placeOf", place.requestId()));
    }
    var found =
        jdbc.sql(
                PAGE.formatted(
                    filters.sql() + state(parameters.text("state")),
                    cursor == null ? "" : " and (opened_at, request_id) < (:placeAt, :placeOf)"))
            .params(values)
            .query(Requests::placed)
            .list();
    return page(found, limit);
  }

  @GetMapping("/api/finance/requests/{requestId}")
  Attempts attempts(@PathVariable String requestId) {
    var owned = jdbc.sql(ATTEMPTS).param("requestId", requestId).query(Requests::owned).list();
    if (owned.isEmpty())
      throw new SluiceException(
          ErrorCode.RESPONSE_NOT_FOUND,
          "The ledger has no attempt of this request that has ended. Check the id.");
    var first = owned.getFirst();
    return new Attempts(
        requestId,
        first.user(),
        first.team(),
        first.project(),
        owned.getLast().attempt().model(),
        owned.stream().map(Owned::attempt).toList());
  }

  private static String state(@Nullable String state) {
    if (state == null) return "";
    var condition = STATES.get(state);
    if (condition == null)
      throw new SluiceException(
          ErrorCode.INVALID_VALUE, "state must be estimated, unpriced or suspect.", "state");
    return condition;
  }

  private static Page page(List<Placed> found, int limit) {
    var shown = found.subList(0, Math.min(limit, found.size()));
    var next =
        found.size() <= limit
            ? null
            : Cursor.of(shown.getLast().place(), shown.getLast().request().requestId()).text();
    return new Page(shown.stream().map(Placed::request).toList(), next);
  }

  private static Placed placed(ResultSet row, int number) throws SQLException {
    var request =
        new Request(
            row.getString("request_id"),
            row.getTimestamp("opened_at").toInstant(),
            row.getString("user_id"),
            row.getString("team"),
            row.getString("project"),
            row.getString("model"),
            row.getLong("attempts"),
            row.getLong("input_tokens"),
            row.getLong("output_tokens"),
            Money.text(row.getBigDecimal("cost")),
            row.getString("currency"),
            row.getBoolean("estimated"),
            row.getBoolean("unpriced"),
            row.getBoolean("suspect"),
            row.getString("outcome"));
    return new Placed(request, row.getTimestamp("place").toInstant());
  }

  private static Owned owned(ResultSet row, int number) throws SQLException {
    return new Owned(
        row.getString("user_id"), row.getString("team"), row.getString("project"), attempt(row));
  }

  private static Attempt attempt(ResultSet row) throws SQLException {
    return new Attempt(
        row.getInt("attempt"),
        row.getString("source"),
        row.getString("model"),
        row.getString("service_tier"),
        row.getString("priority"),
        row.getLong("input_tokens"),
        row.getLong("cached_input_tokens"),
        row.getLong("cache_write_tokens"),
        row.getLong("output_tokens"),
        row.getLong("reasoning_tokens"),
        row.getLong("dropped_tokens"),
        Money.text(row.getBigDecimal("cost")),
        Money.text(row.getBigDecimal("saved")),
        row.getString("currency"),
        row.getBoolean("estimated"),
        row.getString("suspect"),
        row.getBoolean("corrected"),
        row.getString("outcome"),
        row.getString("error_code"),
        row.getTimestamp("opened_at").toInstant(),
        row.getTimestamp("settled_at").toInstant());
  }
}
