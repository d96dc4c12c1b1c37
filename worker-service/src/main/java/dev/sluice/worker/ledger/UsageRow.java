package dev.sluice.worker.ledger;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
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

/**
 * A row of {@code usage_entry}; its columns tell what each field means. What changes together is a
 * part of its own.
 */
record UsageRow(
    String requestId,
    int attempt,
    @JsonUnwrapped Revision revision,
    @JsonUnwrapped Asked asked,
    @JsonUnwrapped Outcome result,
    @JsonUnwrapped Counts counts,
    @JsonUnwrapped Amounts amounts) {

  /** Which of an attempt's rows it is. */
  record Revision(
      int entry,
      String kind,
      @Nullable Integer reverses,
      @Nullable String correctionReason,
      @Nullable String correctedBy) {
    static final Revision FIRST = new Revision(0, "usage", null, null, null);
    private static final String CORRECTION = "correction";

    Revision takenBack(String reason) {
      return new Revision(entry + 1, CORRECTION, entry, reason, correctedBy);
    }

    /** In the place of one that is {@link #takenBack}. */
    Revision after(Revision wrong, String reason) {
      return new Revision(wrong.entry + 2, CORRECTION, null, reason, correctedBy);
    }

    Revision decidedBy(String somebody) {
      return new Revision(entry, kind, reverses, correctionReason, somebody);
    }
  }

  /** Who asked, and how urgently. */
  record Asked(
      String userId, String team, String project, Map<String, String> tags, String priority) {
    static Asked of(
        String userId, String team, Map<String, String> tags, @Nullable Priority priority) {
      return new Asked(
          userId,
          team,
          tags.getOrDefault("project", ""),
          tags,
          priority == null ? "unknown" : priority.label());
    }
  }

  /** What came of it, from whom and when. */
  record Outcome(
      String model,
      String serviceTier,
      String source,
      @Nullable String ofRequestId,
      boolean estimated,
      @Nullable String suspect,
      String outcome,
      @Nullable String errorCode,
      Instant openedAt,
      Instant settledAt) {
    private static final String PROVIDER = "provider";
    private static final String REUSED = "reused";
    private static final String DEFAULT_TIER = "default";

    static Outcome of(AttemptSettled settled, Instant openedAt) {
      return new Outcome(
          settled.model(),
          settled.serviceTier(),
          PROVIDER,
          null,
          settled.usage().estimated(),
          suspicion(settled.usage(), settled.outcome()),
          settled.outcome(),
          settled.errorCode(),
          openedAt,
          settled.settledAt());
    }

    static Outcome of(AnswerReused reused) {
      return new Outcome(
          reused.model(),
          DEFAULT_TIER,
          reused.source().label(),
          reused.ofRequestId(),
          false,
          suspicion(reused.usage(), REUSED),
          REUSED,
          null,
          reused.at(),
          reused.at());
    }

    private static @Nullable String suspicion(TokenUsage usage, String outcome) {
      return Suspicion.of(usage, outcome).map(Suspicion::label).orElse(null);
    }

    /** With counts that somebody has decided on. */
    Outcome believed(boolean isEstimated) {
      return new Outcome(
          model,
          serviceTier,
          source,
          ofRequestId,
          isEstimated,
          null,
          outcome,
          errorCode,
          openedAt,
          settledAt);
    }

    private boolean ofProvider() {
      return source.equals(PROVIDER);
    }
  }

  /** Tokens: what was used, what was saved because nothing had to be, and what was left out. */
  record Counts(
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
      long droppedTokens) {
    static Counts used(TokenUsage usage, long droppedTokens) {
      return new Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, droppedTokens).using(usage);
    }

    static Counts saved(TokenUsage usage) {
      return new Counts(0, 0, 0, 0, 0, 0, 0, usage.input(), usage.cachedInput(), usage.output(), 0);
    }

    Counts using(TokenUsage usage) {
      return new Counts(
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
          droppedTokens);
    }

    Counts negated() {
      return new Counts(
          -inputTokens,
          -cachedInputTokens,
          -cacheWriteTokens,
          -outputTokens,
          -reasoningTokens,
          -inputAudioTokens,
          -outputAudioTokens,
          -savedInputTokens,
          -savedCachedInputTokens,
          -savedOutputTokens,
          -droppedTokens);
    }

    private TokenUsage usage(boolean estimated) {
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

    private TokenUsage saving() {
      return new TokenUsage(
          savedInputTokens, savedCachedInputTokens, 0, savedOutputTokens, 0, false);
    }
  }

  /** What a rate card made of the counts. */
  record Amounts(
      @Nullable BigDecimal cost,
      @Nullable BigDecimal saved,
      BigDecimal droppedSaved,
      String currency,
      @Nullable Long rateCardId) {
    private static final String DEFAULT_CURRENCY = "USD";

    /** Of a call: it saved nothing. */
    static final Amounts UNPRICED =
        new Amounts(null, BigDecimal.ZERO, BigDecimal.ZERO, DEFAULT_CURRENCY, null);

    /** Of an answer that was used again: it cost nothing. */
    static final Amounts UNPRICED_SAVING =
        new Amounts(BigDecimal.ZERO, null, BigDecimal.ZERO, DEFAULT_CURRENCY, null);

    Amounts negated() {
      return new Amounts(
          cost == null ? null : cost.negate(),
          saved == null ? null : saved.negate(),
          droppedSaved.negate(),
          currency,
          rateCardId);
    }
  }

  /** An attempt that has ended, without a price. */
  static UsageRow of(AttemptSettled settled, Instant openedAt) {
    return new UsageRow(
        settled.requestId(),
        settled.attempt(),
        Revision.FIRST,
        Asked.of(settled.userId(), settled.team(), settled.tags(), settled.priority()),
        Outcome.of(settled, openedAt),
        Counts.used(settled.usage(), dropped(settled)),
        Amounts.UNPRICED);
  }

  /** An answer that needed no call: it cost nothing; what it saved has no price yet. */
  static UsageRow of(AnswerReused reused) {
    return new UsageRow(
        reused.requestId(),
        0,
        Revision.FIRST,
        Asked.of(reused.userId(), reused.team(), reused.tags(), reused.priority()),
        Outcome.of(reused),
        Counts.saved(reused.usage()),
        Amounts.UNPRICED_SAVING);
  }

  /** What was not charged for its input would not have been charged for more of it. */
  private static long dropped(AttemptSettled settled) {
    var dropped = settled.droppedTokens();
    return dropped == null || settled.usage().input() == 0 ? 0 : dropped;
  }

  /** Priced by the card in force when it was opened; as it is where there is none. */
  UsageRow priced(CardsInForce cards) {
    if (!isPriceable()) return this;
    return cards.at(model(), serviceTier(), openedAt()).map(this::priced).orElse(this);
  }

  /** This row, priced by another card. */
  UsageRow priced(RateCard card) {
    var amount = card.cost(result.ofProvider() ? counts.usage(result.estimated) : counts.saving());
    return with(
        revision,
        counts,
        new Amounts(
            result.ofProvider() ? amount : BigDecimal.ZERO,
            result.ofProvider() ? BigDecimal.ZERO : amount,
            card.cost(TokenUsage.estimated(counts.droppedTokens, 0)),
            card.currency(),
            card.id()));
  }

  /** This row taken back: in the same month, so that every sum of it is as if it had never been. */
  UsageRow reversed(String reason) {
    return with(revision.takenBack(reason), counts.negated(), amounts.negated());
  }

  /** This row in the place of {@code wrong}, which is taken back by {@link #reversed}. */
  UsageRow replacing(UsageRow wrong, String reason) {
    return with(revision.after(wrong.revision, reason), counts, amounts);
  }

  private UsageRow with(Revision newRevision, Counts newCounts, Amounts newAmounts) {
    return new UsageRow(requestId, attempt, newRevision, asked, result, newCounts, newAmounts);
  }

  /** As somebody has decided that it is right, without a price. */
  UsageRow resolved(AttemptResolved resolved) {
    var usage =
        Objects.requireNonNullElseGet(resolved.usage(), () -> counts.usage(result.estimated));
    return new UsageRow(
        requestId,
        attempt,
        revision.decidedBy(resolved.by()),
        asked,
        result.believed(usage.estimated()),
        counts.using(usage),
        Amounts.UNPRICED);
  }

  AttemptKey key() {
    return new AttemptKey(requestId, attempt);
  }

  /** Whether its counts can be believed enough to be multiplied by a price. */
  @JsonIgnore
  boolean isPriceable() {
    var suspect = suspect();
    return suspect == null || suspect.equals(Suspicion.COUNT_NOT_TOLD.label());
  }

  String model() {
    return result.model;
  }

  String serviceTier() {
    return result.serviceTier;
  }

  Instant openedAt() {
    return result.openedAt;
  }

  boolean estimated() {
    return result.estimated;
  }

  @Nullable String suspect() {
    return result.suspect;
  }

  @Nullable Long rateCardId() {
    return amounts.rateCardId;
  }
}
