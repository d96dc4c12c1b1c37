package dev.sluice.common.message;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import dev.sluice.common.topic.Priority;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A provider call has ended, well or not. Carries everything its usage entry needs, so that events
 * may arrive in any order and more than once.
 *
 * @param model the model that the provider says it used, else the one asked for
 * @param serviceTier the tier that the response names; it sets the price
 * @param outcome {@code completed}, {@code incomplete}, {@code failed}, {@code cancelled}, {@code
 *     cut}, {@code refused} or {@code lost}
 * @param errorCode our stable code or the provider's, where the attempt failed
 * @param priority of the lane; events of older builds lack it
 * @param droppedTokens of the conversation's oldest turns, which trimming left out of the input;
 *     events of older builds lack it
 */
public record AttemptSettled(
    String requestId,
    int attempt,
    String userId,
    String team,
    Map<String, String> tags,
    String model,
    String serviceTier,
    TokenUsage usage,
    String outcome,
    @Nullable String errorCode,
    Instant openedAt,
    Instant settledAt,
    @Nullable Priority priority,
    @Nullable Long droppedTokens,
    @JsonAnySetter @JsonAnyGetter Map<String, Object> unknown)
    implements UsageEvent {}
