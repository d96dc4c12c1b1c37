package dev.sluice.api.http;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request for a chat completion as a request for a response. Source: OpenAI's guide "Migrate to
 * the Responses API" and the two request schemas of its API reference. What has a counterpart is
 * put there; what has none is refused, since an answer that silently ignores it would be wrong; a
 * field that neither schema knows goes on as it came.
 */
final class ChatRequest {
  private static final Map<String, String> RENAMED =
      Map.of(
          "max_completion_tokens", "max_output_tokens",
          "max_tokens", "max_output_tokens");

  // Each with the value that asks for nothing, which is let through.
  private static final Map<String, String> WITHOUT_COUNTERPART =
      Map.ofEntries(
          Map.entry("audio", "null"),
          Map.entry("frequency_penalty", "0"),
          Map.entry("function_call", "null"),
          Map.entry("functions", "[]"),
          Map.entry("logit_bias", "{}"),
          Map.entry("modalities", "[\"text\"]"),
          Map.entry("n", "1"),
          Map.entry("prediction", "null"),
          Map.entry("presence_penalty", "0"),
          Map.entry("seed", "null"),
          Map.entry("stop", "[]"),
          Map.entry("web_search_options", "null"));

  private static final Set<String> MADE_OF_OTHERS =
      Set.of(
          "messages",
          "reasoning_effort",
          "verbosity",
          "response_format",
          "tools",
          "tool_choice",
          "logprobs",
          "stream",
          "stream_options");

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private ChatRequest() {}

  /**
   * @param chat the body of {@code POST /v1/chat/completions}
   * @throws SluiceException naming the field at fault
   */
  static ObjectNode toResponse(ObjectNode chat) {
    var body = JSON.objectNode();
    for (var field : chat.properties()) {
      var name = field.getKey();
      if (WITHOUT_COUNTERPART.containsKey(name)) refuseUnlessNeutral(name, field.getValue());
      else if (RENAMED.containsKey(name)) renamed(body, name, field.getValue());
      else if (!MADE_OF_OTHERS.contains(name)) body.set(name, field.getValue());
    }
    body.set("input", ChatMessages.toItems(chat.path("messages")));
    nested(chat, "reasoning_effort", body, "reasoning", "effort");
    nested(chat, "verbosity", body, "text", "verbosity");
    responseFormat(chat, body);
    tools(chat, body);
    toolChoice(chat, body);
    if (chat.path("logprobs").asBoolean(false))
      body.putArray("include").add("message.output_text.logprobs");
    var options = chat.path("stream_options");
    if (options.hasNonNull("include_obfuscation"))
      body.putObject("stream_options")
          .set("include_obfuscation", options.path("include_obfuscation"));
    // A chat completion is kept only where that is asked for, a response unless it is not.
    if (!body.hasNonNull("store")) body.put("store", false);
    return body;
  }

  /** The field of a chat completion that a client knows the field of a response by. */
  static String param(String ofResponse) {
    return switch (ofResponse) {
      case "input" -> "messages";
      case "max_output_tokens" -> "max_completion_tokens";
      default -> ofResponse;
    };
  }

  private static void refuseUnlessNeutral(String name, JsonNode value) {
    if (value.isNull() || isNeutral(value, WITHOUT_COUNTERPART.getOrDefault(name, ""))) return;
    throw new SluiceException(
        ErrorCode.UNSUPPORTED_PARAMETER,
        name + " has no counterpart in the Responses API, which answers here. Leave it out.",
        name);
  }

  private static boolean isNeutral(JsonNode value, String neutral) {
    return value.isNumber()
        ? neutral.length() == 1
            && value.decimalValue().compareTo(new java.math.BigDecimal(neutral)) == 0
        : value.toString().equals(neutral);
  }

  private static void renamed(ObjectNode body, String name, JsonNode value) {
    if (value.isNull()) return;
    var counterpart = RENAMED.getOrDefault(name, name);
    if (body.has(counterpart))
      throw new SluiceException(
          ErrorCode.INVALID_VALUE,
          "max_tokens and max_completion_tokens are the same. Send one of them.",
          "max_tokens");
    body.set(counterpart, value);
  }

  private static void nested(
      ObjectNode chat, String name, ObjectNode body, String object, String field) {
    if (chat.hasNonNull(name)) body.withObjectProperty(object).set(field, chat.path(name));
  }

  private static void responseFormat(ObjectNode chat, ObjectNode body) {
    if (!chat.hasNonNull("response_format")) return;
    var format = object(chat.path("response_format"), "response_format").deepCopy();
    if (format.remove("json_schema") instanceof ObjectNode schema) format.setAll(schema);
    body.withObjectProperty("text").set("format", format);
  }

  private static void tools(ObjectNode chat, ObjectNode body) {
    if (!chat.hasNonNull("tools")) return;
    if (!(chat.path("tools") instanceof ArrayNode tools)) throw wrongType("tools", "an array");
    var flat = body.putArray("tools");
    for (int i = 0; i < tools.size(); i++)
      flat.add(tool(object(tools.get(i), "tools[%d]".formatted(i))));
  }

  private static ObjectNode tool(ObjectNode tool) {
    var flat = flat(tool);
    // Not strict unless asked for; a response's tools are strict unless asked not to be.
    if (flat.path("type").asString("").equals("function") && !flat.hasNonNull("strict"))
      flat.put("strict", false);
    if (flat.path("format").path("grammar") instanceof ObjectNode grammar) {
      var format = JSON.objectNode().put("type", "grammar");
      format.setAll(grammar);
      flat.set("format", format);
    }
    return flat;
  }

  private static void toolChoice(ObjectNode chat, ObjectNode body) {
    if (!chat.hasNonNull("tool_choice")) return;
    var choice = chat.path("tool_choice");
    body.set("tool_choice", choice instanceof ObjectNode named ? choice(named) : choice);
  }

  private static ObjectNode choice(ObjectNode named) {
    var flat = flat(named);
    if (flat.path("tools") instanceof ArrayNode allowed) {
      var tools = flat.putArray("tools");
      for (var tool : allowed) tools.add(tool instanceof ObjectNode object ? flat(object) : tool);
    }
    return flat;
  }

  /** {@code {"type": "function", "function": {"name": …}}} without its second level. */
  private static ObjectNode flat(ObjectNode nested) {
    var flat = nested.deepCopy();
    var type = flat.path("type").asString("");
    if (flat.get(type) instanceof ObjectNode inner) {
      flat.remove(type);
      flat.setAll(inner);
    }
    return flat;
  }

  static ObjectNode object(JsonNode value, String param) {
    if (value instanceof ObjectNode object) return object;
    throw wrongType(param, "an object");
  }

  static SluiceException wrongType(String param, String expected) {
    return new SluiceException(
        ErrorCode.INVALID_TYPE, "%s must be %s.".formatted(param, expected), param);
  }
}
