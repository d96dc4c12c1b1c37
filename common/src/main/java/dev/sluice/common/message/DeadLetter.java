package dev.sluice.common.message;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record that no worker may try again until an operator says so. Its id is its offset on {@link
 * dev.sluice.common.topic.Topics#DEAD_LETTERS}.
 *
 * @param lane topic it came from; with partition and offset it tells the same letter, set aside
 *     twice, from two
 * @param reason what was wrong with it, for an operator
 * @param payload the record's value, or the request that it carried, base64
 * @param requestId null where the record could not be read, and so the rest
 * @param attempts calls made for the request so far
 * @param history its attempts that failed, the oldest first
 */
public record DeadLetter(
    String lane,
    int partition,
    long offset,
    String reason,
    String payload,
    Instant at,
    @Nullable String requestId,
    @Nullable String userId,
    @Nullable String model,
    @Nullable Integer attempts,
    @Nullable List<FailedAttempt> history,
    @JsonAnySetter @JsonAnyGetter Map<String, Object> unknown)
    implements Message {

  /**
   * @param attempt its number, from 1; 0 if its worker died before the call
   * @param code why it failed
   */
  public record FailedAttempt(int attempt, String code, Instant at) {}

  /** Says nothing of the payload: it may end up in a log. */
  @Override
  public String toString() {
    return "DeadLetter[lane=%s, partition=%d, offset=%d, requestId=%s]"
        .formatted(lane, partition, offset, requestId);
  }
}
