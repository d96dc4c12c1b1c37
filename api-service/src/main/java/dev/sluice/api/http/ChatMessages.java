package dev.sluice.api.http;

import static dev.sluice.api.http.ChatRequest.object;
import static dev.sluice.api.http.ChatRequest.wrongType;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The messages of a chat as input items. A message's {@code name} has no counterpart: left out. */
final class ChatMessages {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private ChatMessages() {}

  /**
   * @throws SluiceException naming the message at fault
   */
  static ArrayNode toItems(JsonNode messages) {
    if (messages.isMissingNode() || messages.isNull())
      throw new SluiceException(
          ErrorCode.MISSING_REQUIRED_PARAMETER, "messages is required.", "messages");
    if (!(messages instanceof ArrayNode all)) throw wrongType("messages", "an array of messages");
    if (all.isEmpty())
      throw new SluiceException(ErrorCode.EMPTY_INPUT, "messages is empty.", "messages");
    var items = JSON.arrayNode();
    for (int i = 0; i < all.size(); i++) {
      var at = "messages[%d]".formatted(i);
      message(object(all.get(i), at), at, items);
    }
    return items;
  }

  private static void message(ObjectNode message, String at, ArrayNode items) {
    var role = message.path("role").asString("");
    switch (role) {
      case "system", "developer", "user" ->
          items
              .addObject()
              .put("role", role)
              .set("content", content(message.path("content"), "input_text", at));
      case "assistant" -> assistant(message, at, items);
      case "tool" -> toolOutput(message, at, items);
      default ->
          throw new SluiceException(
              ErrorCode.INVALID_VALUE,
              at + ".role must be system, developer, user, assistant or tool.",
              at + ".role");
    }
  }

  private static void assistant(ObjectNode message, String at, ArrayNode items) {
    var content = message.path("content");
    if (message.path("refusal").isString() && !message.hasNonNull("content")) {
      var part = JSON.objectNode().put("type", "refusal");
      content = JSON.arrayNode().add(part.set("refusal", message.path("refusal")));
    }
    if (!content.isNull() && !content.isMissingNode())
      items
          .addObject()
          .put("role", "assistant")
          .set("content", content(content, "output_text", at));
    for (var call : message.path("tool_calls")) toolCall(object(call, at + ".tool_calls"), items);
  }

  private static void toolCall(ObjectNode call, ArrayNode items) {
    boolean custom = call.path("type").asString("").equals("custom");
    var what = call.path(custom ? "custom" : "function");
    var item = items.addObject().put("type", custom ? "custom_tool_call" : "function_call");
    item.set("call_id", call.path("id"));
    item.set("name", what.path("name"));
    var given = custom ? "input" : "arguments";
    item.set(given, what.path(given));
  }

  private static void toolOutput(ObjectNode message, String at, ArrayNode items) {
    if (!message.path("tool_call_id").isString())
      throw new SluiceException(
          ErrorCode.MISSING_REQUIRED_PARAMETER,
          at + ".tool_call_id is required.",
          at + ".tool_call_id");
    var item = items.addObject().put("type", "function_call_output");
    item.set("call_id", message.path("tool_call_id"));
    item.set("output", content(message.path("content"), "input_text", at));
  }

  private static JsonNode content(JsonNode content, String textType, String at) {
    if (content.isString()) return content;
    if (!(content instanceof ArrayNode parts))
      throw wrongType(at + ".content", "a string or an array of parts");
    var converted = JSON.arrayNode();
    for (var part : parts) converted.add(part(object(part, at + ".content"), textType));
    return converted;
  }

  /** A part of a kind that is not known here goes on as it came. */
  private static ObjectNode part(ObjectNode part, String textType) {
    var converted = part.deepCopy();
    switch (part.path("type").asString("")) {
      case "text" -> converted.put("type", textType);
      case "image_url" -> {
        var image = part.path("image_url");
        converted.put("type", "input_image");
        converted.set("image_url", image.path("url"));
        if (image.hasNonNull("detail")) converted.set("detail", image.path("detail"));
      }
      case "file" -> {
        converted.put("type", "input_file").remove("file");
        if (part.path("file") instanceof ObjectNode file) converted.setAll(file);
      }
      default -> {
        // As it came
      }
    }
    return converted;
  }
}
