package dev.sluice.common.message;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import dev.sluice.common.topic.Priority;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A provider call is about to be made. If it is never settled, its worker died and the tokens are
 * to be accounted for from {@code inputTokens}.
 *
 * @param inputTokens counted input, tokens
 * @param priority of the lane; events of older builds lack it
 * @param deadline of the request: nobody works on it any more after this; events of older builds
 *     lack it
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
    @Nullable Priority priority,
    @Nullable Instant deadline,
    @JsonAnySetter @JsonAnyGetter Map<String, Object> unknown)
    implements UsageEvent {}
