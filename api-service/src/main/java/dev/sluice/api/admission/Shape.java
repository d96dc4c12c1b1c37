package dev.sluice.api.admission;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Step 1: size and shape. Checks what Sluice itself relies on and what would be wrong for every
 * model; the rest is the provider's to judge, so that its new fields work here at once.
 */
final class Shape {
  // The account's own state is shared by every user behind it; one must not read another's.
  private static final Set<String> ACCOUNT_STATE = Set.of("previous_response_id", "conversation");

  private final int maxBodyBytes;

  Shape(int maxBodyBytes) {
    this.maxBodyBytes = maxBodyBytes;
  }

  /**
   * @param bytes size of the body, UTF-8
   * @throws SluiceException if the client has sent more than is allowed
   */
  void checkSize(int bytes) {
    if (bytes > maxBodyBytes)
      throw new SluiceException(
          ErrorCode.REQUEST_TOO_LARGE,
          "The request has %,d bytes, %,d are allowed. Shorten the input."
              .formatted(bytes, maxBodyBytes));
  }

  /**
   * @throws SluiceException naming the field at fault
   */
  void check(ObjectNode body) {
    requiredText(body, "model");
    input(body);
    wholeNumber(body, "max_output_tokens");
    type(body, "instructions", body.path("instructions").isString());
    type(body, "temperature", body.path("temperature").isNumber());
    type(body, "top_p", body.path("top_p").isNumber());
    type(body, "tools", body.path("tools").isArray());
    metadata(body.path("metadata"));
    for (var field : ACCOUNT_STATE)
      if (isGiven(body, field))
        throw new SluiceException(
            ErrorCode.UNSUPPORTED_PARAMETER,
            field + " is not supported here. Send the whole conversation as input.",
            field);
    if (body.path("background").asBoolean(false))
      throw new SluiceException(
          ErrorCode.UNSUPPORTED_PARAMETER,
          "background is not supported over WebSocket. Leave it out.",
          "background");
  }

  private static void input(ObjectNode body) {
    var input = body.path("input");
    if (!isGiven(body, "input")) {
      if (isGiven(body, "prompt")) return; // a stored prompt template brings its own input
      throw missing("input");
    }
    if (!input.isString() && !input.isArray())
      throw wrongType("input", "a string or an array of input items");
    if (input.isString() ? input.asString().isBlank() : input.isEmpty())
      throw new SluiceException(ErrorCode.EMPTY_INPUT, ErrorCode.EMPTY_INPUT.sentence(), "input");
    if (input.isArray())
      for (int i = 0; i < input.size(); i++) item(input.get(i), "input[%d]".formatted(i));
  }

  private static void item(JsonNode item, String path) {
    if (!item.isObject()) throw wrongType(path, "an object");
    if (item.path("type").asString("").equals("item_reference"))
      throw new SluiceException(
          ErrorCode.UNSUPPORTED_PARAMETER,
          "item_reference is not supported here. Send the item itself.",
          path);
  }

  private static void requiredText(ObjectNode body, String field) {
    if (!isGiven(body, field)) throw missing(field);
    if (!body.path(field).isString() || body.path(field).asString().isBlank())
      throw wrongType(field, "a string");
  }

  private static void wholeNumber(ObjectNode body, String field) {
    if (!isGiven(body, field)) return;
    var value = body.path(field);
    if (!value.isIntegralNumber()) throw wrongType(field, "a whole number");
    if (!value.canConvertToInt() || value.intValue() < 1)
      throw new SluiceException(
          ErrorCode.INVALID_VALUE, field + " must be at least 1 and fit 32 bits.", field);
  }

  private static void metadata(JsonNode metadata) {
    if (metadata.isMissingNode() || metadata.isNull()) return;
    if (!metadata.isObject() || metadata.valueStream().anyMatch(value -> !value.isString()))
      throw wrongType("metadata", "an object of strings");
  }

  private static void type(ObjectNode body, String field, boolean right) {
    if (isGiven(body, field) && !right) throw wrongType(field, "of another type");
  }

  private static boolean isGiven(ObjectNode body, String field) {
    return body.hasNonNull(field);
  }

  private static SluiceException missing(String field) {
    return new SluiceException(
        ErrorCode.MISSING_REQUIRED_PARAMETER, field + " is required.", field);
  }

  private static SluiceException wrongType(String field, String expected) {
    return new SluiceException(
        ErrorCode.INVALID_TYPE, "%s must be %s.".formatted(field, expected), field);
  }
}
