package dev.sluice.worker.ledger;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.sluice.common.message.AnswerReused;
import dev.sluice.common.message.AttemptResolved;
import dev.sluice.common.message.AttemptSettled;
import dev.sluice.common.message.TokenUsage;
import dev.sluice.common.topic.Priority;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A row of {@code usage_entry}; its columns tell what each field means. */
record UsageRow(
    String requestId,
    int attempt,
    int entry,
    String kind,
    @Nullable Integer reverses,
    @Nullable String correctionReason,
    @Nullable String correctedBy,
    String userId,
    String team,
    String project,
    Map<String, String> tags,
    String model,
    String serviceTier,
    String priority,
    String source,
    @Nullable String ofRequestId,
    long inputTokens,
    long cachedInputTokens,
    long cacheWriteTokens,
    long outputTokens,
    long reasoningTokens,
    long inputAudioTokens,
    long outputAudioTokens,
    long savedInputTokens,
    long savedCachedInputTokens,
    long savedOutputTokens,
    long droppedTokens,
    BigDecimal droppedSaved,
    @Nullable BigDecimal cost,
    @Nullable BigDecimal saved,
    String currency,
    @Nullable Long rateCardId,
    boolean estimated,
    @Nullable String suspect,
    String outcome,
    @Nullable String errorCode,
    Instant openedAt,
    Instant settledAt) {
  private static final String PROVIDER = "provider";
  private static final String REUSED = "reused";
  private static final String DEFAULT_TIER = "default";
  private static final String DEFAULT_CURRENCY = "USD";

  /** An attempt that has ended, without a price. */
  static UsageRow of(AttemptSettled settled, Instant openedAt) {
    var usage = settled.usage();
    var suspicion = Suspicion.of(usage, settled.outcome());
    return new UsageRow(
        settled.requestId(),
        settled.attempt(),
        0,
        "usage",
        null,
        null,
        null,
        settled.userId(),
        settled.team(),
        settled.tags().getOrDefault("project", ""),
        settled.tags(),
        settled.model(),
        settled.serviceTier(),
        label(settled.priority()),
        PROVIDER,
        null,
        usage.input(),
        usage.cachedInput(),
        usage.cacheWrite(),
        usage.output(),
        usage.reasoning(),
        usage.inputAudio(),
        usage.outputAudio(),
        0,
        0,
        0,
        dropped(settled),
        BigDecimal.ZERO,
        null,
        BigDecimal.ZERO,
        DEFAULT_CURRENCY,
        null,
        usage.estimated(),
        suspicion.map(Suspicion::label).orElse(null),
        settled.outcome(),
        settled.errorCode(),
        openedAt,
        settled.settledAt());
  }

  /** An answer that needed no call: it cost nothing; what it saved has no price yet. */
  static UsageRow of(AnswerReused reused) {
    var usage = reused.usage();
    var suspicion = Suspicion.of(usage, REUSED);
    return new UsageRow(
        reused.requestId(),
        0,
        0,
        "usage",
        null,
        null,
        null,
        reused.userId(),
        reused.team(),
        reused.tags().getOrDefault("project", ""),
        reused.tags(),
        reused.model(),
        DEFAULT_TIER,
        label(reused.priority()),
        reused.source().label(),
        reused.ofRequestId(),
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        usage.input(),
        usage.cachedInput(),
        usage.output(),
        0,
        BigDecimal.ZERO,
        BigDecimal.ZERO,
        null,
        DEFAULT_CURRENCY,
        null,
        false,
        suspicion.map(Suspicion::label).orElse(null),
        REUSED,
        null,
        reused.at(),
        reused.at());
  }

  /** Priced by the card in force when it was opened; as it is where there is none. */
  UsageRow priced(CardsInForce cards) {
    if (!isPriceable()) return this;
    return cards.at(model, serviceTier, openedAt).map(this::priced).orElse(this);
  }

  /** What was not charged for its input would not have been charged for more of it. */
  private static long dropped(AttemptSettled settled) {
    var dropped = settled.droppedTokens();
    return dropped == null || settled.usage().input() == 0 ? 0 : dropped;
  }

  private static String label(@Nullable Priority priority) {
    return priority == null ? "unknown" : priority.label();
  }

  @JsonIgnore
  AttemptKey key() {
    return new AttemptKey(requestId, attempt);
  }

  /** Whether its counts can be believed enough to be multiplied by a price. */
  @JsonIgnore
  boolean isPriceable() {
    return suspect == null || suspect.equals(Suspicion.COUNT_NOT_TOLD.label());
  }

  @JsonIgnore
  private boolean isOfProvider() {
    return source.equals(PROVIDER);
  }

  /** This row taken back: in the same month, so that every sum of it is as if it had never been. */
  UsageRow reversed(String reason) {
    return copy(entry + 1, entry, reason, -1, amounts().negated());
  }

  /** This row in the place of {@code wrong}, which is taken back by {@link #reversed}. */
  UsageRow replacing(UsageRow wrong, String reason) {
    return copy(wrong.entry + 2, null, reason, 1, amounts());
  }

  /** As somebody has decided that it is right, without a price. */
  UsageRow resolved(AttemptResolved resolved) {
    var usage = Objects.requireNonNullElse(resolved.usage(), usage());
    return new UsageRow(
        requestId,
        attempt,
        entry,
        kind,
        reverses,
        correctionReason,
        resolved.by(),
        userId,
        team,
        project,
        tags,
        model,
        serviceTier,
        priority,
        source,
        ofRequestId,
        usage.input(),
        usage.cachedInput(),
        usage.cacheWrite(),
        usage.output(),
        usage.reasoning(),
        usage.inputAudio(),
        usage.outputAudio(),
        savedInputTokens,
        savedCachedInputTokens,
        savedOutputTokens,
        droppedTokens,
        BigDecimal.ZERO,
        null,
        BigDecimal.ZERO,
        DEFAULT_CURRENCY,
        null,
        usage.estimated(),
        null,
        outcome,
        errorCode,
        openedAt,
        settledAt);
  }

  private TokenUsage usage() {
    return new TokenUsage(
        inputTokens,
        cachedInputTokens,
        cacheWriteTokens,
        outputTokens,
        reasoningTokens,
        estimated,
        inputAudioTokens,
        outputAudioTokens);
  }

  /** This row, priced by another card. */
  UsageRow priced(RateCard card) {
    var amount = card.cost(pricedUsage());
    return copy(
        entry,
        reverses,
        correctionReason,
        1,
        new Amounts(
            isOfProvider() ? amount : BigDecimal.ZERO,
            isOfProvider() ? BigDecimal.ZERO : amount,
            card.cost(TokenUsage.estimated(droppedTokens, 0)),
            card.currency(),
            card.id()));
  }

  /** What a rate card made of the counts. */
  private record Amounts(
      @Nullable BigDecimal cost,
      @Nullable BigDecimal saved,
      BigDecimal droppedSaved,
      String currency,
      @Nullable Long rateCardId) {
    Amounts negated() {
      return new Amounts(
          cost == null ? null : cost.negate(),
          saved == null ? null : saved.negate(),
          droppedSaved.negate(),
          currency,
          rateCardId);
    }
  }

  private Amounts amounts() {
    return new Amounts(cost, saved, droppedSaved, currency, rateCardId);
  }

  private UsageRow copy(
      int newEntry,
      @Nullable Integer newReverses,
      @Nullable String newReason,
      int sign,
      Amounts amounts) {
    return new UsageRow(
        requestId,
        attempt,
        newEntry,
        newEntry == 0 ? "usage" : "correction",
        newReverses,
        newReason,
        correctedBy,
        userId,
        team,
        project,
        tags,
        model,
        serviceTier,
        priority,
        source,
        ofRequestId,
        sign * inputTokens,
        sign * cachedInputTokens,
        sign * cacheWriteTokens,
        sign * outputTokens,
        sign * reasoningTokens,
        sign * inputAudioTokens,
        sign * outputAudioTokens,
        sign * savedInputTokens,
        sign * savedCachedInputTokens,
        sign * savedOutputTokens,
        sign * droppedTokens,
        amounts.droppedSaved(),
        amounts.cost(),
        amounts.saved(),
        amounts.currency(),
        amounts.rateCardId(),
        estimated,
        suspect,
        outcome,
        errorCode,
        openedAt,
        settledAt);
  }

  private TokenUsage pricedUsage() {
    return isOfProvider()
        ? usage()
        : new TokenUsage(savedInputTokens, savedCachedInputTokens, 0, savedOutputTokens, 0, false);
  }
}
