package dev.sluice.common.token;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Adds up one part of a request. Bodies come from strangers: whatever their depth, it takes no more
 * of the thread's stack. Confined to one call.
 */
final class Tally {
  // The cookbook's "How to count tokens with tiktoken", section 6: what stands around a message.
  // Other items are counted alike: no figure is published for them.
  private static final int ITEM_OVERHEAD = 3;
  private static final int NAME_OVERHEAD = 1;

  // Section 7 of the same: beside its texts, what a function's parts cost.
  private static final int FUNCTIONS_END = 12;
  private static final int PROPERTIES_OVERHEAD = 3;
  private static final int PROPERTY_OVERHEAD = 3;
  private static final int ENUM_OVERHEAD = -3;
  private static final int ENUM_VALUE_OVERHEAD = 3;

  // Quotes, colons and commas of what the model reads as JSON.
  private static final int FIELD_OVERHEAD = 1;

  // Encrypted reasoning is base64 of about four bytes a token.
  private static final int CHARACTERS_PER_ENCRYPTED_TOKEN = 4;

  /** Items whose texts are known to be all that the model reads of them. */
  private static final Set<String> PROSE =
      Set.of(
          "message",
          "reasoning",
          "function_call",
          "function_call_output",
          "custom_tool_call",
          "custom_tool_call_output");

  /** For the API, not for the model. */
  private static final Set<String> UNREAD =
      Set.of(
          "id",
          "type",
          "status",
          "call_id",
          "approval_request_id",
          "logprobs",
          "annotations",
          "phase");

  private final Dialect dialect;
  private final boolean encodes;
  private final Deque<Step> steps = new ArrayDeque<>();
  private long tokens;
  private long attached; // of them
  private long characters;

  /**
   * @param structured whether the names of its fields are read too
   */
  private record Step(JsonNode node, boolean structured) {}

  /**
   * @param encodes whether the tokens of texts are counted too, which is nearly all of the work
   */
  Tally(Dialect dialect, boolean encodes) {
    this.dialect = dialect;
    this.encodes = encodes;
  }

  Size size() {
    return new Size(tokens + Math.ceilDiv(tokens * dialect.margin(), 100L), characters);
  }

  /** Tokens of what is no text: images, files, audio. */
  long attached() {
    return attached;
  }

  void tokens(long more) {
    tokens += more;
  }

  void text(String text) {
    if (text.isEmpty()) return;
    characters += text.length();
    if (encodes) tokens += dialect.count(text);
  }

  /** An input item, or a string that stands for a user's message. */
  void item(JsonNode item) {
    tokens += ITEM_OVERHEAD;
    if (item.isString()) {
      text("user");
      text(item.asString());
      return;
    }
    var type = item.path("type").asString(item.has("role") ? "message" : "");
    if (type.equals("message") && item.has("name")) tokens += NAME_OVERHEAD;
    values(item, !PROSE.contains(type));
  }

  /** Any value, as far as a model reads it. */
  void values(JsonNode node, boolean structured) {
    steps.push(new Step(node, structured));
    while (!steps.isEmpty()) {
      var step = steps.pop();
      var value = step.node();
      if (value.isObject()) object(value, step.structured());
      else if (value.isArray())
        value.forEach(each -> steps.push(new Step(each, step.structured())));
      else if (value.isValueNode() && !value.isNull()) text(value.asString(""));
    }
  }

  private void object(JsonNode object, boolean structured) {
    long ofAttachment = Attachment.tokens(object, dialect.images());
    if (ofAttachment >= 0) {
      tokens += ofAttachment;
      attached += ofAttachment;
      return;
    }
    for (var field : object.properties()) {
      if (UNREAD.contains(field.getKey())) continue;
      if (field.getKey().equals("encrypted_content")) {
        tokens += field.getValue().asString("").length() / CHARACTERS_PER_ENCRYPTED_TOKEN;
        continue;
      }
      if (structured) field(field.getKey());
      steps.push(new Step(field.getValue(), structured));
    }
  }

  private void field(String name) {
    text(name);
    tokens += FIELD_OVERHEAD;
  }

  /** The definitions of tools. What the provider's own tools say of themselves is not published. */
  void tools(JsonNode tools) {
    boolean functions = false;
    for (var tool : tools) {
      if (!tool.path("type").asString("").equals("function")) {
        values(tool, true);
        continue;
      }
      functions = true;
      tokens += dialect.functionOverhead();
      text(tool.path("name").asString("") + ":" + sentence(tool.path("description")));
      schema(tool.path("parameters"));
    }
    if (functions) tokens += FUNCTIONS_END;
  }

  /** A JSON schema, which the model is shown as a type. */
  void schema(JsonNode root) {
    steps.push(new Step(root, false));
    while (!steps.isEmpty()) {
      var schema = steps.pop().node();
      if (schema.isArray()) schema.forEach(each -> steps.push(new Step(each, false)));
      else if (schema.isObject()) keywords(schema);
      else if (schema.isValueNode() && !schema.isNull()) text(schema.asString(""));
    }
  }

  private void keywords(JsonNode schema) {
    for (var keyword : schema.properties()) {
      var value = keyword.getValue();
      switch (keyword.getKey()) {
        case "required", "type", "description", "$schema" -> {} // with the property, or not shown
        case "properties", "$defs", "definitions" -> named(value);
        case "enum" -> {
          tokens += ENUM_OVERHEAD;
          for (var each : value) {
            tokens += ENUM_VALUE_OVERHEAD;
            steps.push(new Step(each, false));
          }
        }
        case "items" -> {
          line("", value);
          steps.push(new Step(value, false));
        }
        default -> {
          if (value.isValueNode() && !value.isString() && !value.isNumber()) continue;
          field(keyword.getKey());
          steps.push(new Step(value, false));
        }
      }
    }
  }

  private void named(JsonNode schemas) {
    if (schemas.isEmpty()) return;
    tokens += PROPERTIES_OVERHEAD;
    for (var property : schemas.properties()) {
      tokens += PROPERTY_OVERHEAD;
      line(property.getKey(), property.getValue());
      steps.push(new Step(property.getValue(), false));
    }
  }

  private void line(String name, JsonNode schema) {
    text(
        "%s:%s:%s"
            .formatted(
                name, schema.path("type").asString(""), sentence(schema.path("description"))));
  }

  private static String sentence(JsonNode description) {
    var text = description.asString("");
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }
}
