package dev.sluice.common.message;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.sluice.common.topic.Priority;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;

/**
 * A request was answered without a provider call of its own. The ledger keeps it as attempt 0, at
 * cost 0, with what the answer would have cost.
 *
 * @param model the model of the original answer, as the provider names it
 * @param ofRequestId the request whose answer was used again
 * @param usage what the original answer used
 * @param at when the answer was given; its rate card says what was saved
 */
public record AnswerReused(
    String requestId,
    String userId,
    String team,
    Map<String, String> tags,
    String model,
    Priority priority,
    Source source,
    String ofRequestId,
    TokenUsage usage,
    Instant at,
    @JsonAnySetter @JsonAnyGetter Map<String, Object> unknown)
    implements UsageEvent {

  /** Where the answer came from. */
  public enum Source {
    /** An answer given before and kept. */
    CACHE,
    /** The answer of an identical request that was under way. */
    COALESCED;

    /** As on the topic and in SQL. */
    @JsonValue
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public int attempt() {
    return 0;
  }
}
