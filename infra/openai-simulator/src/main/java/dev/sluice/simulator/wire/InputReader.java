package dev.sluice.simulator.wire;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Reads {@code input} and {@code instructions}, or {@code messages}, into a {@link Prompt}. */
final class InputReader {
  private static final List<String> RESPONSES_ROLES =
      List.of("user", "assistant", "system", "developer");
  private static final List<String> CHAT_ROLES =
      List.of("user", "assistant", "system", "developer", "tool", "function");

  private final Prompt prompt = new Prompt();

  Prompt responses(Fields fields) {
    var instructions = fields.optional("instructions");
    if (instructions != null) {
      if (!instructions.isString()) {
        throw fields.wrongType("instructions", "a string", instructions);
      }
      prompt.message("developer", instructions.asString());
    }
    var input = fields.required("input");
    if (input.isString()) {
      if (input.asString().isBlank()) {
        throw fields.emptyString("input");
      }
      prompt.message("user", input.asString());
      return prompt;
    }
    items(fields, "input", input, "one of a string or an array of input items", RESPONSES_ROLES);
    return prompt;
  }

  Prompt chat(Fields fields) {
    items(fields, "messages", fields.required("messages"), "an array of objects", CHAT_ROLES);
    return prompt;
  }

  private void items(
      Fields fields, String name, JsonNode value, String expected, List<String> roles) {
    if (!(value instanceof ArrayNode items)) {
      throw fields.wrongType(name, expected, value);
    }
    if (items.isEmpty()) {
      throw fields.emptyArray(name);
    }
    for (int i = 0; i < items.size(); i++) {
      var at = name + "[" + i + "]";
      var item = new Fields(RequestReader.object(items.get(i), fields, at), at + ".");
      var type = item.optional("type");
      if (type != null && !type.asString("").equals("message")) {
        prompt.message("tool", items.get(i).toString()); // tool calls and outputs: read, not run
      } else {
        message(item, roles);
      }
    }
  }

  private void message(Fields item, List<String> roles) {
    item.requiredString("role");
    var role = item.oneOf("role", roles);
    var content = item.optional("content");
    if (content == null) {
      if (role.equals("assistant") && item.optional("tool_calls") instanceof ArrayNode calls) {
        prompt.message(role, calls.toString());
        return;
      }
      content = item.required("content");
    }
    if (content.isString()) {
      prompt.message(role, content.asString());
      return;
    }
    if (!(content instanceof ArrayNode parts)) {
      throw item.wrongType("content", "one of a string or an array of content parts", content);
    }
    var text = new StringBuilder();
    for (int i = 0; i < parts.size(); i++) {
      part(item, "content[" + i + "]", parts.get(i), text);
    }
    prompt.message(role, text.toString());
  }

  private void part(Fields item, String at, JsonNode value, StringBuilder text) {
    var part = new Fields(RequestReader.object(value, item, at), item.path(at) + ".");
    switch (part.requiredString("type")) {
      case "input_text", "output_text", "text" -> text.append(part.requiredString("text"));
      case "refusal" -> text.append(part.requiredString("refusal"));
      case "input_image", "image_url" -> prompt.image();
      default ->
          throw Fields.invalid(
              "invalid_value",
              "Invalid value: '"
                  + value.path("type").asString("")
                  + "'. The simulator reads text"
                  + " and images.",
              part.path("type"));
    }
  }
}
