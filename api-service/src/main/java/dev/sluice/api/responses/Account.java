package dev.sluice.api.responses;

import dev.sluice.api.admission.Admitted;
import dev.sluice.api.lanes.LaneLength;
import dev.sluice.common.trim.Dropped;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What Sluice tells of a request beside OpenAI's own protocol: the field {@code sluice} of {@code
 * response.queued}, headers, and the frames that tell a place in the queue.
 */
final class Account {
  private static final JsonMapper JSON = new JsonMapper();

  private Account() {}

  static ObjectNode field(Admitted admitted) {
    var field = JSON.createObjectNode();
    field.put("cache", cache(admitted));
    if (admitted instanceof Admitted.Queueable queueable) {
      standing(field, queueable.standing());
      if (!queueable.dropped().isNothing()) {
        var trimmed = field.putObject("trimmed");
        trimmed.put("dropped_items", queueable.dropped().droppedItems());
        trimmed.put("dropped_tokens", queueable.dropped().droppedTokens());
      }
    }
    return field;
  }

  static Map<String, String> headers(Admitted admitted) {
    var headers = new LinkedHashMap<String, String>();
    headers.put("x-sluice-cache", cache(admitted));
    switch (admitted) {
      case Admitted.Queueable(_, _, _, _, var dropped, var allowance) -> {
        headers.putAll(allowance.headers());
        trimmed(headers, dropped);
      }
      case Admitted.Cached(_, _, _, var allowance) -> headers.putAll(allowance.headers());
      case Admitted.Coalesced(_, _, _, var allowance) -> headers.putAll(allowance.headers());
      case Admitted.Repeated _ -> {
        // Nothing was taken from anybody's limit
      }
    }
    return headers;
  }

  private static void trimmed(Map<String, String> headers, Dropped dropped) {
    if (dropped.isNothing()) return;
    headers.put("x-sluice-dropped-items", Integer.toString(dropped.droppedItems()));
    headers.put("x-sluice-dropped-tokens", Long.toString(dropped.droppedTokens()));
  }

  private static String cache(Admitted admitted) {
    return switch (admitted) {
      case Admitted.Cached _ -> "hit";
      case Admitted.Coalesced _ -> "coalesced";
      case Admitted.Repeated _ -> "repeated";
      case Admitted.Queueable queueable -> queueable.concern().question() == null ? "off" : "miss";
    };
  }

  /** The frame {@code sluice.queue}: a place in the queue has changed. */
  static byte[] queue(String responseId, LaneLength.Standing standing) {
    var frame = JSON.createObjectNode();
    frame.put("type", "sluice.queue");
    frame.put("response_id", responseId);
    standing(frame, standing);
    return JSON.writeValueAsBytes(frame);
  }

  private static void standing(ObjectNode into, LaneLength.Standing standing) {
    into.put("position", standing.position());
    var eta = standing.eta();
    into.put("eta_ms", eta == null ? null : eta.toMillis());
    var limit = standing.limitedBy();
    into.put("limiting_factor", limit == null ? null : limit.name());
  }
}
