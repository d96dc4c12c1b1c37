package dev.sluice.api.http;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A response object as a chat completion. */
final class ChatAnswer {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private ChatAnswer() {}

  /** The whole completion. */
  static ObjectNode of(JsonNode response) {
    var completion = head(response, "chat.completion");
    var choice = completion.putArray("choices").addObject().put("index", 0);
    choice.set("message", message(response));
    choice.set("logprobs", logprobs(response));
    choice.put("finish_reason", finishReason(response));
    completion.set("usage", usage(response.path("usage")));
    return completion;
  }

  /** What a completion and each of its chunks begin with. */
  static ObjectNode head(JsonNode response, String object) {
    var head = JSON.objectNode();
    head.set("id", response.path("id"));
    head.put("object", object);
    head.set("created", response.path("created_at"));
    head.set("model", response.path("model"));
    if (response.hasNonNull("service_tier"))
      head.set("service_tier", response.path("service_tier"));
    return head.putNull("system_fingerprint");
  }

  /** Why the model stopped. */
  static String finishReason(JsonNode response) {
    switch (response.path("incomplete_details").path("reason").asString("")) {
      case "max_output_tokens" -> {
        return "length";
      }
      case "content_filter" -> {
        return "content_filter";
      }
      default -> {
        for (var item : response.path("output")) if (isToolCall(item)) return "tool_calls";
        return "stop";
      }
    }
  }

  /** Usage in the names of chat completions; null where there is none. */
  static JsonNode usage(JsonNode usage) {
    if (!usage.isObject()) return JSON.nullNode();
    var chat = JSON.objectNode();
    chat.set("prompt_tokens", usage.path("input_tokens"));
    chat.set("completion_tokens", usage.path("output_tokens"));
    chat.set("total_tokens", usage.path("total_tokens"));
    if (usage.path("input_tokens_details") instanceof ObjectNode details)
      chat.set("prompt_tokens_details", details);
    if (usage.path("output_tokens_details") instanceof ObjectNode details)
      chat.set("completion_tokens_details", details);
    return chat;
  }

  static boolean isToolCall(JsonNode item) {
    var type = item.path("type").asString("");
    return type.equals("function_call") || type.equals("custom_tool_call");
  }

  /**
   * @param index in chunks, where calls are told apart by it
   */
  static ObjectNode toolCall(JsonNode item, @Nullable Integer index) {
    var call = JSON.objectNode();
    if (index != null) call.put("index", index);
    call.set("id", item.path("call_id"));
    boolean custom = item.path("type").asString("").equals("custom_tool_call");
    call.put("type", custom ? "custom" : "function");
    var what = call.putObject(custom ? "custom" : "function");
    what.set("name", item.path("name"));
    var given = custom ? "input" : "arguments";
    what.put(given, item.path(given).asString(""));
    return call;
  }

  private static ObjectNode message(JsonNode response) {
    var text = new StringBuilder();
    var refusal = new StringBuilder();
    var annotations = JSON.arrayNode();
    var calls = JSON.arrayNode();
    boolean spoken = false;
    for (var item : response.path("output")) {
      if (isToolCall(item)) calls.add(toolCall(item, null));
      for (var part : item.path("content")) {
        spoken |= part.path("type").asString("").equals("output_text");
        text.append(part.path("text").asString(""));
        refusal.append(part.path("refusal").asString(""));
        if (part.path("annotations") instanceof ArrayNode all) annotations.addAll(all);
      }
    }
    var message = JSON.objectNode().put("role", "assistant");
    message.put("content", spoken ? text.toString() : null);
    message.put("refusal", refusal.isEmpty() ? null : refusal.toString());
    message.set("annotations", annotations);
    if (!calls.isEmpty()) message.set("tool_calls", calls);
    return message;
  }

  private static JsonNode logprobs(JsonNode response) {
    var all = JSON.arrayNode();
    for (var item : response.path("output"))
      for (var part : item.path("content"))
        if (part.path("logprobs") instanceof ArrayNode some) all.addAll(some);
    if (all.isEmpty()) return JSON.nullNode();
    var logprobs = JSON.objectNode();
    logprobs.set("content", all);
    return logprobs.putNull("refusal");
  }
}
