package dev.sluice.simulator.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The audit line of a request under way. Written by the request's thread, read by any. */
public final class AuditTicket {
  private final Instant receivedAt;
  private final String endpoint;
  private final @Nullable String clientRequestId;

  private volatile @Nullable String model;
  private volatile @Nullable String serviceTier;
  private volatile @Nullable String errorCode;
  private volatile long inputTokens;
  private volatile long cachedTokens;
  private volatile long chargedTokens;
  private volatile long outputTokens;
  private volatile int status;
  private volatile Outcome outcome = Outcome.ADMITTED;

  AuditTicket(Instant receivedAt, String endpoint, @Nullable String clientRequestId) {
    this.receivedAt = receivedAt;
    this.endpoint = endpoint;
    this.clientRequestId = clientRequestId;
  }

  public void asks(String model) {
    this.model = model;
  }

  public void admitted(
      String serviceTier, long inputTokens, long cachedTokens, long chargedTokens) {
    this.serviceTier = serviceTier;
    this.inputTokens = inputTokens;
    this.cachedTokens = cachedTokens;
    this.chargedTokens = chargedTokens;
  }

  /** That many output tokens have been handed to the client's connection. */
  public void streamed(long outputTokens) {
    this.outputTokens = outputTokens;
  }

  public void answers(int status) {
    this.status = status;
  }

  /** Ends the line, once: a later call changes nothing. */
  public void end(Outcome outcome, @Nullable String errorCode) {
    if (this.outcome == Outcome.ADMITTED) {
      this.errorCode = errorCode;
      this.outcome = outcome;
    }
  }

  AuditEntry entry() {
    var readFirst = outcome; // written last, so a final outcome is read with its final figures
    return new AuditEntry(
        receivedAt,
        endpoint,
        model,
        clientRequestId,
        readFirst,
        status,
        errorCode,
        inputTokens,
        cachedTokens,
        outputTokens,
        serviceTier,
        chargedTokens);
  }
}
