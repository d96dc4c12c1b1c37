package dev.sluice.api.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The events of one response as chunks of a chat completion. Belongs to one request's thread. */
final class ChatChunks {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final JsonNode response;
  private final boolean usageWanted;
  private final Map<String, Integer> calls = new HashMap<>(); // index by the id of its output item
  private boolean begun;

  /**
   * @param response any snapshot of the response; chunks begin with its id, time and model
   */
  ChatChunks(JsonNode response, boolean usageWanted) {
    this.response = response;
    this.usageWanted = usageWanted;
  }

  /** The chunk that says what the event says, if a chat has a word for it. */
  Optional<ObjectNode> of(JsonNode event) {
    return switch (event.path("type").asString("")) {
      case "response.output_text.delta" -> Optional.of(text(event, "content"));
      case "response.refusal.delta" -> Optional.of(text(event, "refusal"));
      case "response.output_item.added" ->
          ChatAnswer.isToolCall(event.path("item"))
              ? Optional.of(call(event.path("item")))
              : Optional.empty();
      case "response.function_call_arguments.delta" ->
          Optional.of(argument(event, "function", "arguments"));
      case "response.custom_tool_call_input.delta" ->
          Optional.of(argument(event, "custom", "input"));
      default -> Optional.empty();
    };
  }

  /** The last chunks. */
  List<ObjectNode> end(JsonNode ended) {
    var last = chunk(JSON.objectNode(), ChatAnswer.finishReason(ended));
    if (!usageWanted) return List.of(last);
    var totals = ChatAnswer.head(ended, "chat.completion.chunk");
    totals.putArray("choices");
    totals.set("usage", ChatAnswer.usage(ended.path("usage")));
    return List.of(last, totals);
  }

  private ObjectNode text(JsonNode event, String field) {
    var delta = JSON.objectNode();
    delta.set(field, event.path("delta"));
    var chunk = chunk(delta, null);
    if (event.path("logprobs") instanceof ArrayNode some && !some.isEmpty()) {
      var logprobs = JSON.objectNode();
      logprobs.set("content", some);
      ((ObjectNode) chunk.path("choices").path(0)).set("logprobs", logprobs.putNull("refusal"));
    }
    return chunk;
  }

  private ObjectNode call(JsonNode item) {
    int index = calls.size();
    calls.put(item.path("id").asString(""), index);
    var delta = JSON.objectNode();
    delta.putArray("tool_calls").add(ChatAnswer.toolCall(item, index));
    return chunk(delta, null);
  }

  private ObjectNode argument(JsonNode event, String kind, String field) {
    var delta = JSON.objectNode();
    var call = delta.putArray("tool_calls").addObject();
    call.put("index", calls.getOrDefault(event.path("item_id").asString(""), 0));
    call.putObject(kind).set(field, event.path("delta"));
    return chunk(delta, null);
  }

  private ObjectNode chunk(ObjectNode delta, @Nullable String finishReason) {
    var chunk = ChatAnswer.head(response, "chat.completion.chunk");
    var choice = chunk.putArray("choices").addObject().put("index", 0);
    choice.set("delta", begun ? delta : opened(delta));
    choice.putNull("logprobs").put("finish_reason", finishReason);
    if (usageWanted) chunk.putNull("usage");
    begun = true;
    return chunk;
  }

  /** The first chunk says whose words they are. */
  private static ObjectNode opened(ObjectNode delta) {
    var opening = JSON.objectNode().put("role", "assistant");
    if (!delta.has("content")) opening.putNull("content");
    opening.setAll(delta);
    return opening;
  }
}
