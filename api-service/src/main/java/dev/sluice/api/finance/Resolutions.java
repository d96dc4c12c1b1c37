package dev.sluice.api.finance;

import static org.springframework.http.HttpStatus.ACCEPTED;

import dev.sluice.api.enqueue.RequestQueue;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.id.Caller;
import dev.sluice.common.message.AttemptResolved;
import dev.sluice.common.message.TokenUsage;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.LowerCamelCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * {@code POST /api/finance/requests/{id}/{attempt}/resolve}: what is to count of an attempt whose
 * token counts cannot be believed. The worker makes a correction of it.
 */
@RestController
class Resolutions {
  private static final long MOST = 10_000_000;

  private static final String IS_SUSPECT =
      "select count(*) from suspect_usage where request_id = :requestId and attempt = :attempt";

  private final JdbcClient jdbc;
  private final RequestQueue topics;
  private final InstantSource clock;

  Resolutions(JdbcClient jdbc, RequestQueue topics, InstantSource clock) {
    this.jdbc = jdbc;
    this.topics = topics;
    this.clock = clock;
  }

  /**
   * @param resolution {@code accept} what was told, {@code replace} it by the counts that stand
   *     here, or {@code write_off}: nothing is to be paid
   */
  @JsonNaming(LowerCamelCaseStrategy.class)
  record Resolution(
      @Nullable String resolution,
      @Nullable Long inputTokens,
      @Nullable Long cachedInputTokens,
      @Nullable Long cacheWriteTokens,
      @Nullable Long outputTokens,
      @Nullable Long reasoningTokens) {
    /** What counts from now on; null: what was told. */
    @Nullable TokenUsage usage() {
      return switch (resolution) {
        case "accept" -> null;
        case "write_off" -> TokenUsage.NONE;
        case "replace" -> counts();
        case null, default ->
            throw new SluiceException(
                ErrorCode.INVALID_VALUE,
                "resolution must be accept, replace or write_off.",
                "resolution");
      };
    }

    private TokenUsage counts() {
      if (inputTokens == null || outputTokens == null)
        throw new SluiceException(
            ErrorCode.MISSING_REQUIRED_PARAMETER,
            "inputTokens and outputTokens are needed to replace what was told.",
            inputTokens == null ? "inputTokens" : "outputTokens");
      long input = count("inputTokens", inputTokens, MOST);
      long cached = count("cachedInputTokens", cachedInputTokens, input);
      long written = count("cacheWriteTokens", cacheWriteTokens, input - cached);
      long output = count("outputTokens", outputTokens, MOST);
      long reasoning = count("reasoningTokens", reasoningTokens, output);
      return new TokenUsage(input, cached, written, output, reasoning, false);
    }

    private static long count(String name, @Nullable Long count, long most) {
      if (count == null) return 0;
      if (count < 0 || count > most)
        throw new SluiceException(
            ErrorCode.INVALID_VALUE,
            "%s must be from 0 to %d: of what it is a part of, or ten million."
                .formatted(name, most),
            name);
      return count;
    }
  }

  @PostMapping("/api/finance/requests/{requestId}/{attempt}/resolve")
  @ResponseStatus(ACCEPTED)
  Map<String, Object> resolve(
      @PathVariable String requestId,
      @PathVariable String attempt,
      @RequestBody Resolution wanted,
      Caller caller) {
    var usage = wanted.usage();
    int number = suspect(requestId, attempt);
    try {
      topics
          .account(
              new AttemptResolved(
                  requestId, number, usage, caller.user(), clock.instant(), Map.of()))
          .join();
    } catch (CompletionException refused) {
      if (refused.getCause() instanceof SluiceException refusal) throw refusal;
      throw refused;
    }
    return Map.of("requestId", requestId, "attempt", number);
  }

  private int suspect(String requestId, String attempt) {
    if (attempt.matches("[1-9]\\d{0,8}")) {
      int number = Integer.parseInt(attempt);
      var found =
          jdbc.sql(IS_SUSPECT)
              .param("requestId", requestId)
              .param("attempt", number)
              .query(Integer.class)
              .single();
      if (found > 0) return number;
    }
    throw new SluiceException(
        ErrorCode.NOT_FOUND,
        "The ledger has no such attempt whose counts cannot be believed. See GET"
            + " /api/finance/requests?state=suspect.");
  }
}
