package dev.sluice.api.admission;

import dev.sluice.api.cache.Answer;
import dev.sluice.api.lanes.LaneLength;
import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.trim.Dropped;
import java.time.Duration;
import java.util.Map;

/** A request that is to be answered, and how. */
public sealed interface Admitted {
  /** The id of its response. */
  default String responseId() {
    return switch (this) {
      case Queueable queueable -> queueable.request().id();
      case Cached cached -> cached.request().id();
      case Coalesced coalesced -> coalesced.request().id();
      case Repeated repeated -> repeated.responseId;
    };
  }

  /**
   * By a call of its own: it may be queued.
   *
   * @param ticket its place in the lane
   * @param standing where it stood when it was admitted
   * @param dropped what was left out of its conversation
   */
  record Queueable(
      Concern concern,
      RequestEnvelope request,
      LaneLength.Ticket ticket,
      LaneLength.Standing standing,
      Dropped dropped,
      Allowance allowance)
      implements Admitted {}

  /** By an answer that is kept. */
  record Cached(Concern concern, RequestEnvelope request, Answer answer, Allowance allowance)
      implements Admitted {}

  /** By the answer to the same question that is being made. */
  record Coalesced(Concern concern, RequestEnvelope request, Leader leader, Allowance allowance)
      implements Admitted {
    /** One that was admitted earlier, by another instance. */
    public static Coalesced again(Concern concern, RequestEnvelope request, Leader leader) {
      return new Coalesced(concern, request, leader, new Allowance(0, 0, Duration.ZERO));
    }
  }

  /** It is one that was sent before, by its idempotency key. */
  record Repeated(String responseId) implements Admitted {}

  /**
   * What is left of the user's own limit.
   *
   * @param limit requests in each period
   * @param untilFull until nothing of it is used any more
   */
  record Allowance(long limit, long remaining, Duration untilFull) {
    /** As OpenAI tells its own limits. */
    public Map<String, String> headers() {
      return Map.of(
          "x-ratelimit-limit-requests", Long.toString(limit),
          "x-ratelimit-remaining-requests", Long.toString(remaining),
          "x-ratelimit-reset-requests", "%.3fs".formatted(untilFull.toMillis() / 1e3));
    }
  }
}
