package dev.sluice.api.finance;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.id.Caller;
import dev.sluice.common.id.ResponseIds;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /api/usage/{id}}: what one response cost, told to its owner. */
@RestController
class RequestCosts {
  private static final String ATTEMPTS =
      """
      select attempt, model, service_tier, input_tokens, cached_input_tokens, output_tokens,
             reasoning_tokens, cost, saved, source, currency, estimated, outcome
      from attempt_cost
      where request_id = :requestId and user_id = :userId
      order by attempt
      """;

  private final JdbcClient jdbc;
  private final ResponseIds ids;

  RequestCosts(JdbcClient jdbc, ResponseIds ids) {
    this.jdbc = jdbc;
    this.ids = ids;
  }

  /**
   * @param attempt 0 for an answer that was used again, without a call
   * @param saved what that call would have cost; null where a rate card is missing
   * @param source {@code provider}, {@code cache} or {@code coalesced}
   */
  record Attempt(
      int attempt,
      String model,
      String serviceTier,
      long inputTokens,
      long cachedInputTokens,
      long outputTokens,
      long reasoningTokens,
      @Nullable String cost,
      @Nullable String saved,
      String source,
      String currency,
      boolean estimated,
      String outcome) {}

  /**
   * @param settled false while the ledger knows of no attempt that has ended; ask again
   * @param cost null while not settled, and where a rate card is missing
   */
  record RequestCost(
      String requestId,
      boolean settled,
      @Nullable String cost,
      String currency,
      List<Attempt> attempts) {}

  @GetMapping("/api/usage/{responseId}")
  RequestCost cost(@PathVariable String responseId, Caller caller) {
    if (ids.verify(responseId, caller.user()).isEmpty())
      throw new SluiceException(ErrorCode.RESPONSE_NOT_FOUND);
    var attempts =
        jdbc.sql(ATTEMPTS)
            .param("requestId", responseId)
            .param("userId", caller.user())
            .query(RequestCosts::attempt)
            .list();
    if (attempts.isEmpty()) return new RequestCost(responseId, false, null, "USD", attempts);
    var priced = attempts.stream().map(Attempt::cost).filter(Objects::nonNull).toList();
    var cost =
        priced.size() < attempts.size()
            ? null
            : priced.stream().map(BigDecimal::new).reduce(BigDecimal.ZERO, BigDecimal::add);
    return new RequestCost(
        responseId, true, Money.text(cost), attempts.getFirst().currency(), attempts);
  }

  private static Attempt attempt(ResultSet row, int number) throws SQLException {
    return new Attempt(
        row.getInt("attempt"),
        row.getString("model"),
        row.getString("service_tier"),
        row.getLong("input_tokens"),
        row.getLong("cached_input_tokens"),
        row.getLong("output_tokens"),
        row.getLong("reasoning_tokens"),
        Money.text(row.getBigDecimal("cost")),
        Money.text(row.getBigDecimal("saved")),
        row.getString("source"),
        row.getString("currency"),
        row.getBoolean("estimated"),
        row.getString("outcome"));
  }
}
