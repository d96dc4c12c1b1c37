package dev.sluice.common.message;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** Whatever travels on a topic as JSON. Encoded and decoded by {@link MessageCodec} alone. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = RequestEnvelope.class, name = "request"),
  @JsonSubTypes.Type(value = CancelRequest.class, name = "cancel"),
  @JsonSubTypes.Type(value = AttemptOpened.class, name = "attempt_opened"),
  @JsonSubTypes.Type(value = AttemptSettled.class, name = "attempt_settled"),
  @JsonSubTypes.Type(value = AnswerReused.class, name = "answer_reused"),
  @JsonSubTypes.Type(value = AttemptResolved.class, name = "attempt_resolved"),
  @JsonSubTypes.Type(value = PoolLimitsSet.class, name = "pool_limits_set"),
  @JsonSubTypes.Type(value = ConcurrencySet.class, name = "concurrency_set"),
  @JsonSubTypes.Type(value = WorkerConcurrencySet.class, name = "worker_concurrency_set"),
  @JsonSubTypes.Type(value = LanePaused.class, name = "lane_paused"),
  @JsonSubTypes.Type(value = WorkerDrain.class, name = "worker_drain"),
  @JsonSubTypes.Type(value = RateCardAdded.class, name = "rate_card_added"),
  @JsonSubTypes.Type(value = SpendCapSet.class, name = "spend_cap_set"),
  @JsonSubTypes.Type(value = ProviderFigures.class, name = "provider_figures"),
  @JsonSubTypes.Type(value = ProviderDayWanted.class, name = "provider_day_wanted"),
  @JsonSubTypes.Type(value = WorkerReport.class, name = "worker_report"),
  @JsonSubTypes.Type(value = RedrivenRequest.class, name = "redriven_request"),
  @JsonSubTypes.Type(value = DeadLetterDecided.class, name = "dead_letter_decided"),
  @JsonSubTypes.Type(value = DeadLetter.class, name = "dead_letter")
})
public sealed interface Message
    permits LaneRecord,
        DeadLetterDecided,
        CancelRequest,
        UsageEvent,
        SettingChange,
        ReconciliationMessage,
        WorkerReport,
        DeadLetter {}
