package dev.sluice.simulator.wire;

import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The {@code Response} object of one request in its states. */
final class ResponseObject {
  private final ModelRequest request;
  private final String id;
  private final InstantSource clock;
  private final long createdAt;

  ResponseObject(ModelRequest request, String id, InstantSource clock) {
    this.request = request;
    this.id = id;
    this.clock = clock;
    this.createdAt = clock.instant().getEpochSecond();
  }

  ObjectNode inProgress() {
    return snapshot("in_progress", null, null);
  }

  ObjectNode ended(ObjectNode item, Usage usage, boolean complete) {
    var ended = snapshot(complete ? "completed" : "incomplete", item, usage.ofResponse());
    if (complete) {
      return ended.put("completed_at", clock.instant().getEpochSecond());
    }
    ended.putObject("incomplete_details").put("reason", "max_output_tokens");
    return ended;
  }

  ObjectNode failed(ApiError error) {
    var failed = snapshot("failed", null, null);
    failed.putObject("error").put("code", error.code()).put("message", error.message());
    return failed;
  }

  private ObjectNode snapshot(String status, @Nullable JsonNode item, @Nullable JsonNode usage) {
    var body = JsonMapper.shared().createObjectNode();
    body.put("id", id).put("object", "response").put("created_at", createdAt).put("status", status);
    body.put("background", false);
    body.putNull("completed_at").putNull("error").putNull("incomplete_details");
    echo(body, "instructions", "null");
    echo(body, "max_output_tokens", "null");
    echo(body, "max_tool_calls", "null");
    body.put("model", request.model());
    var output = body.putArray("output");
    if (item != null) {
      output.add(item);
    }
    echo(body, "parallel_tool_calls", "true");
    body.putNull("previous_response_id");
    echo(body, "prompt_cache_key", "null");
    echo(body, "reasoning", "{\"effort\":null,\"summary\":null}");
    echo(body, "safety_identifier", "null");
    body.put("service_tier", request.serviceTier());
    echo(body, "store", "true");
    echo(body, "temperature", "1.0");
    echo(body, "text", "{\"format\":{\"type\":\"text\"}}");
    echo(body, "tool_choice", "\"auto\"");
    echo(body, "tools", "[]");
    echo(body, "top_logprobs", "0");
    echo(body, "top_p", "1.0");
    echo(body, "truncation", "\"disabled\"");
    body.set("usage", usage == null ? body.nullNode() : usage);
    echo(body, "user", "null");
    echo(body, "metadata", "{}");
    return body;
  }

  /** The request's own value, or the documented default. */
  private void echo(ObjectNode body, String name, String usual) {
    var asked = request.body().get(name);
    body.set(name, asked == null || asked.isNull() ? JsonMapper.shared().readTree(usual) : asked);
  }
}
