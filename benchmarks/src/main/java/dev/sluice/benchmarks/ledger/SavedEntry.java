package dev.sluice.benchmarks.ledger;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.math.BigDecimal;
import java.time.Instant;

/** A usage entry as one would save it with JPA: a table of its own, with a key and no sums. */
@Entity
@Table(name = "saved_entry")
class SavedEntry {
  @Id
  @Column(name = "request_id")
  private String requestId = "";

  @Column(name = "user_id")
  private String userId = "";

  private String team = "";
  private String project = "";
  private String model = "";

  @Column(name = "service_tier")
  private String serviceTier = "";

  private String priority = "";

  @Column(name = "input_tokens")
  private long inputTokens;

  @Column(name = "output_tokens")
  private long outputTokens;

  private BigDecimal cost = BigDecimal.ZERO;
  private String currency = "";
  private boolean estimated;
  private String outcome = "";

  @Column(name = "opened_at")
  private Instant openedAt = Instant.EPOCH;

  @Column(name = "settled_at")
  private Instant settledAt = Instant.EPOCH;

  /** For JPA. */
  protected SavedEntry() {}

  SavedEntry(SampleUsage usage) {
    this.requestId = usage.requestId();
    this.userId = usage.userId();
    this.team = usage.team();
    this.project = usage.project();
    this.model = SampleUsage.MODEL;
    this.serviceTier = "default";
    this.priority = "interactive";
    this.inputTokens = usage.inputTokens();
    this.outputTokens = usage.outputTokens();
    this.cost = BigDecimal.valueOf(usage.inputTokens() * 15 + usage.outputTokens() * 60, 8);
    this.currency = "USD";
    this.outcome = "completed";
    this.openedAt = usage.openedAt();
    this.settledAt = usage.openedAt().plusSeconds(2);
  }
}
