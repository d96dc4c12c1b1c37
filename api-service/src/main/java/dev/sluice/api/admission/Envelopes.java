package dev.sluice.api.admission;

import dev.sluice.common.id.Caller;
import dev.sluice.common.id.ResponseIds;
import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.token.TokenCounter;
import dev.sluice.common.topic.Priority;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Makes requests out of bodies. Thread-safe. */
final class Envelopes {
  private final ResponseIds ids;
  private final ReplyAddress address;
  private final Duration deadline;
  private final JsonMapper json = new JsonMapper();

  Envelopes(ResponseIds ids, ReplyAddress address, Duration deadline) {
    this.ids = ids;
    this.address = address;
    this.deadline = deadline;
  }

  /**
   * @param body as it is sent on
   * @param droppedTokens of what is not in it any more
   */
  RequestEnvelope of(
      Caller caller,
      ObjectNode body,
      TokenCounter.Count count,
      long droppedTokens,
      Priority priority,
      Instant now) {
    var id = ids.mint(caller.user(), address.partition(), address.offsetBound());
    return new RequestEnvelope(
        id.value(),
        caller.user(),
        caller.team(),
        tags(body),
        body.path("model").asString(),
        priority,
        now,
        now.plus(deadline),
        count.input(),
        count.charge(),
        id.homePartition(),
        id.offsetBound(),
        json.writeValueAsString(body),
        droppedTokens,
        Map.of());
  }

  private static Map<String, String> tags(ObjectNode body) {
    var tags = new HashMap<String, String>();
    body.path("metadata")
        .properties()
        .forEach(tag -> tags.put(tag.getKey(), tag.getValue().asString()));
    return tags;
  }
}
