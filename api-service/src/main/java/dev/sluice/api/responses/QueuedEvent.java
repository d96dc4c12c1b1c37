package dev.sluice.api.responses;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.topic.Reply;
import java.time.Instant;
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
   * @param id of the response
   * @param body the body as it was admitted
   * @param previous what the client named as {@code previous_response_id}
   * @param sluice what Sluice itself has to say of the request
   */
  static byte[] of(
      String id,
      Instant acceptedAt,
      ObjectNode body,
      @Nullable String previous,
      boolean background,
      ObjectNode sluice) {
    var event = JSON.createObjectNode();
    event.put("type", "response.queued");
    event.put("sequence_number", SEQUENCE);
    var response = event.putObject("response");
    response.put("id", id);
    response.put("object", "response");
    response.put("created_at", acceptedAt.getEpochSecond());
    response.put("status", "queued");
    response.put("background", background);
    response.put("model", body.path("model").asString(""));
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
    event.set("sluice", sluice);
    return JSON.writeValueAsBytes(event);
  }

  /** The event as it stands in the reply log. */
  static Reply reply(String id, byte[] queued) {
    return new Reply(id, SEQUENCE, 0, false, queued);
  }

  /** The event that ends a response whose client has cancelled it while the answer goes on. */
  static byte[] cancelled(byte[] queued, long sequence) {
    var event = end(queued, sequence, "response.incomplete", "cancelled");
    ((ObjectNode) event.path("response"))
        .putObject("incomplete_details")
        .put("reason", ErrorCode.CANCELLED.code());
    return JSON.writeValueAsBytes(event);
  }

  /** The event that ends a response which nobody else could end. */
  static byte[] failed(byte[] queued, long sequence, ErrorCode code, String message) {
    var event = end(queued, sequence, "response.failed", "failed");
    ((ObjectNode) event.path("response"))
        .putObject("error")
        .put("code", code.code())
        .put("message", message);
    return JSON.writeValueAsBytes(event);
  }

  private static ObjectNode end(byte[] queued, long sequence, String type, String status) {
    var event = (ObjectNode) JSON.readTree(queued);
    event.remove("sluice");
    event.put("type", type);
    event.put("sequence_number", sequence);
    ((ObjectNode) event.path("response")).put("status", status);
    return event;
  }

  private static void copy(ObjectNode body, ObjectNode response, String field, JsonNode otherwise) {
    response.set(field, body.hasNonNull(field) ? body.path(field) : otherwise);
  }
}
