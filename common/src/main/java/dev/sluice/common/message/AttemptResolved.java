package dev.sluice.common.message;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Somebody of finance has looked at an attempt whose counts cannot be believed. The ledger corrects
 * it once, however often this is read.
 *
 * @param usage what counts instead; null: what was told counts after all
 * @param by who looked
 */
public record AttemptResolved(
    String requestId,
    int attempt,
    @Nullable TokenUsage usage,
    String by,
    Instant at,
    @JsonAnySetter @JsonAnyGetter Map<String, Object> unknown)
    implements UsageEvent {}
