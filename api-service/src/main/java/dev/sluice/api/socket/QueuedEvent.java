package dev.sluice.api.socket;

import dev.sluice.common.message.RequestEnvelope;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code response.queued}, the first event of every response, sent when the request is safe on its
 * lane. The response in it has every field that OpenAI's schema requires, so that strict clients
 * read it.
 */
final class QueuedEvent {
  private static final JsonMapper JSON = new JsonMapper();

  private QueuedEvent() {}

  static String of(RequestEnvelope request, ObjectNode body) {
    var event = JSON.createObjectNode();
    event.put("type", "response.queued");
    event.put("sequence_number", 0);
    var response = event.putObject("response");
    response.put("id", request.id());
    response.put("object", "response");
    response.put("created_at", request.acceptedAt().getEpochSecond());
    response.put("status", "queued");
    response.put("model", request.model());
    response.putArray("output");
    response.putNull("error");
    response.putNull("incomplete_details");
    response.putNull("usage");
    copy(body, response, "instructions", JSON.nullNode());
    copy(body, response, "metadata", JSON.createObjectNode());
    copy(body, response, "parallel_tool_calls", JSON.getNodeFactory().booleanNode(true));
    copy(body, response, "temperature", JSON.nullNode());
    copy(body, response, "tool_choice", JSON.getNodeFactory().stringNode("auto"));
    copy(body, response, "tools", JSON.createArrayNode());
    copy(body, response, "top_p", JSON.nullNode());
    return JSON.writeValueAsString(event);
  }

  private static void copy(ObjectNode body, ObjectNode response, String field, JsonNode otherwise) {
    response.set(field, body.hasNonNull(field) ? body.path(field) : otherwise);
  }
}
