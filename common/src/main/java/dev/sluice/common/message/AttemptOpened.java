package dev.sluice.common.message;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import java.time.Instant;
import java.util.Map;

/**
 * A provider call is about to be made. If it is never settled, its worker died and the tokens are
 * to be accounted for from {@code inputTokens}.
 *
 * @param inputTokens counted input, tokens
 */
public record AttemptOpened(
    String requestId,
    int attempt,
    String userId,
    String team,
    Map<String, String> tags,
    String model,
    long inputTokens,
    Instant openedAt,
    @JsonAnySetter @JsonAnyGetter Map<String, Object> unknown)
    implements UsageEvent {}
