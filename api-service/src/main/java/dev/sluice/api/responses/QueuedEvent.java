package dev.sluice.api.responses;

import dev.sluice.common.message.RequestEnvelope;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code response.queued}, the first event of every response, sent when the request is safe on its
 * lane. The response in it has every field that OpenAI's schema requires, so that strict clients
 * read it.
 */
final class QueuedEvent {
  static final long SEQUENCE = 0;

  private static final JsonMapper JSON = new JsonMapper();

  private QueuedEvent() {}

  /**
   * @param body the body as it was admitted
   * @param previous what the client named as {@code previous_response_id}
   */
  static byte[] of(
      RequestEnvelope request, ObjectNode body, @Nullable String previous, boolean background) {
    var event = JSON.createObjectNode();
    event.put("type", "response.queued");
    event.put("sequence_number", SEQUENCE);
    var response = event.putObject("response");
    response.put("id", request.id());
    response.put("object", "response");
    response.put("created_at", request.acceptedAt().getEpochSecond());
    response.put("status", "queued");
    response.put("background", background);
    response.put("model", request.model());
    response.putArray("output");
    response.putNull("error");
    response.putNull("incomplete_details");
    response.putNull("usage");
    response.put("previous_response_id", previous);
    copy(body, response, "instructions", JSON.nullNode());
    copy(body, response, "metadata", JSON.createObjectNode());
    copy(body, response, "parallel_tool_calls", JSON.getNodeFactory().booleanNode(true));
    copy(body, response, "store", JSON.getNodeFactory().booleanNode(true));
    copy(body, response, "temperature", JSON.nullNode());
    copy(body, response, "tool_choice", JSON.getNodeFactory().stringNode("auto"));
    copy(body, response, "tools", JSON.createArrayNode());
    copy(body, response, "top_p", JSON.nullNode());
    return JSON.writeValueAsBytes(event);
  }

  private static void copy(ObjectNode body, ObjectNode response, String field, JsonNode otherwise) {
    response.set(field, body.hasNonNull(field) ? body.path(field) : otherwise);
  }
}
