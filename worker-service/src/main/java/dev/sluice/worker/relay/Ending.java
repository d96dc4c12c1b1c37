package dev.sluice.worker.relay;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.message.RequestEnvelope;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** An end of a response that the provider did not write: the event is ours. */
public sealed interface Ending {
  JsonMapper JSON = new JsonMapper();

  /** No whole answer came; {@code response.failed}. */
  record Failed(String code, String message) implements Ending {}

  /** Its client ended it; {@code response.incomplete} with the reason {@code cancelled}. */
  record Cancelled() implements Ending {}

  /** The event, without its sequence number. */
  default String event(RequestEnvelope request) {
    var event = JSON.createObjectNode();
    event.put("type", this instanceof Failed ? "response.failed" : "response.incomplete");
    var response = event.putObject("response");
    response.put("id", request.id());
    response.put("object", "response");
    response.put("created_at", request.acceptedAt().getEpochSecond());
    response.put("status", this instanceof Failed ? "failed" : "cancelled");
    response.put("model", request.model());
    response.putArray("output");
    response.put("parallel_tool_calls", true);
    response.putNull("metadata");
    response.putNull("instructions");
    response.putNull("temperature");
    response.putNull("top_p");
    response.put("tool_choice", "auto");
    response.putArray("tools");
    response.set("error", error());
    response.set("incomplete_details", incompleteDetails());
    response.putNull("usage");
    return JSON.writeValueAsString(event);
  }

  private JsonNode error() {
    return this instanceof Failed(var code, var message)
        ? object("code", code).put("message", message)
        : JSON.nullNode();
  }

  private JsonNode incompleteDetails() {
    return this instanceof Cancelled
        ? object("reason", ErrorCode.CANCELLED.code())
        : JSON.nullNode();
  }

  private static ObjectNode object(String name, String value) {
    return JSON.createObjectNode().put(name, value);
  }
}
