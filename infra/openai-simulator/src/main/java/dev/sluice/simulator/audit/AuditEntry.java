package dev.sluice.simulator.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One line of the audit, as it stands now.
 *
 * @param clientRequestId the client's {@code X-Client-Request-Id}
 * @param status HTTP status sent; 0 before any was
 * @param inputTokens tokens of the prompt, counted once the request was admitted
 * @param outputTokens tokens really streamed so far
 * @param chargedTokens what the token limit was charged, up front
 */
public record AuditEntry(
    Instant receivedAt,
    String endpoint,
    @Nullable String model,
    @Nullable String clientRequestId,
    Outcome outcome,
    int status,
    @Nullable String errorCode,
    long inputTokens,
    long cachedTokens,
    long outputTokens,
    @Nullable String serviceTier,
    long chargedTokens) {}
