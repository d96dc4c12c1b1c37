package dev.sluice.common.message;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import dev.sluice.common.topic.Priority;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An admitted request on its lane.
 *
 * @param id the response id
 * @param userId who asked; also the record's key
 * @param team who pays
 * @param tags the caller's own labels for the ledger
 * @param model the model as the caller named it
 * @param priority the lane's priority
 * @param acceptedAt when it was admitted
 * @param deadline after this nobody waits for it any more
 * @param inputTokens counted input, tokens
 * @param reservedTokens what to hold in the budget before the call, tokens
 * @param replyPartition partition of {@code sluice.replies} to answer on
 * @param replyOffset no event of this response lies below this offset of it
 * @param body the caller's request body, character for character
 * @param droppedTokens of the conversation's oldest turns, which are not in {@code body}; requests
 *     of older builds lack it
 * @param unknown fields of a newer version, kept as they came
 */
public record RequestEnvelope(
    String id,
    String userId,
    String team,
    Map<String, String> tags,
    String model,
    Priority priority,
    Instant acceptedAt,
    Instant deadline,
    long inputTokens,
    long reservedTokens,
    int replyPartition,
    long replyOffset,
    String body,
    @Nullable Long droppedTokens,
    @JsonAnySetter @JsonAnyGetter Map<String, Object> unknown)
    implements LaneRecord {

  /**
   * A copy with another count of the input.
   *
   * @param tokens counted or estimated input, tokens
   */
  public RequestEnvelope withInputTokens(long tokens) {
    return with(acceptedAt, deadline, tokens, reservedTokens, body, droppedTokens);
  }

  /**
   * A copy without some of its oldest turns.
   *
   * @param tokens counted input, tokens
   * @param reserved what to hold in the budget before the call, tokens
   * @param dropped tokens of the turns that are not in it any more
   */
  public RequestEnvelope shortened(String newBody, long tokens, long reserved, long dropped) {
    long allDropped = dropped + (droppedTokens == null ? 0 : droppedTokens);
    return with(acceptedAt, deadline, tokens, reserved, newBody, allDropped);
  }

  /** The same request, accepted anew, with as much time as it had the first time. */
  public RequestEnvelope acceptedAgain(Instant at) {
    var until = at.plus(Duration.between(acceptedAt, deadline));
    return with(at, until, inputTokens, reservedTokens, body, droppedTokens);
  }

  private RequestEnvelope with(
      Instant accepted,
      Instant until,
      long tokens,
      long reserved,
      String newBody,
      @Nullable Long dropped) {
    return new RequestEnvelope(
        id,
        userId,
        team,
        tags,
        model,
        priority,
        accepted,
        until,
        tokens,
        reserved,
        replyPartition,
        replyOffset,
        newBody,
        dropped,
        unknown);
  }

  /** Says nothing of the body: an envelope may end up in a log. */
  @Override
  public String toString() {
    return "RequestEnvelope[id=%s, model=%s]".formatted(id, model);
  }
}
