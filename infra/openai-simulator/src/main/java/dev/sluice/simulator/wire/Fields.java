package dev.sluice.simulator.wire;

import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads the fields of one JSON object; what is wrong is answered in the API's own words. */
final class Fields {
  private final ObjectNode object;
  private final String path;

  /**
   * @param path how error texts name the object: empty for the body, else with a trailing dot
   */
  Fields(ObjectNode object, String path) {
    this.object = object;
    this.path = path;
  }

  /** How error texts name a field of this object. */
  String path(String name) {
    return path + name;
  }

  /** The field, or null where it is absent or null. */
  @Nullable JsonNode optional(String name) {
    var value = object.get(name);
    return value == null || value.isNull() ? null : value;
  }

  JsonNode required(String name) {
    var value = optional(name);
    if (value == null) {
      throw invalid(
          "missing_required_parameter",
          "Missing required parameter: '" + path + name + "'.",
          path + name);
    }
    return value;
  }

  String requiredString(String name) {
    var value = required(name);
    if (!value.isString()) {
      throw wrongType(name, "a string", value);
    }
    return value.asString();
  }

  boolean flag(String name) {
    var value = optional(name);
    if (value == null) {
      return false;
    }
    if (!value.isBoolean()) {
      throw wrongType(name, "a boolean", value);
    }
    return value.asBoolean();
  }

  @Nullable ObjectNode optionalObject(String name) {
    var value = optional(name);
    if (value == null) {
      return null;
    }
    if (value instanceof ObjectNode found) {
      return found;
    }
    throw wrongType(name, "an object", value);
  }

  /** The integer, at least {@code least}; 0 where it is absent. */
  int integer(String name, int least) {
    var value = optional(name);
    if (value == null) {
      return 0;
    }
    if (!value.isIntegralNumber()) {
      throw wrongType(name, "an integer", value);
    }
    if (!value.canConvertToInt() && value.decimalValue().signum() > 0) {
      throw outOfRange(name, "integer", "above maximum", "<= 2147483647", value);
    }
    if (!value.canConvertToInt() || value.asInt() < least) {
      throw outOfRange(name, "integer", "below minimum", ">= " + least, value);
    }
    return value.asInt();
  }

  void decimal(String name, int least, int most) {
    var value = optional(name);
    if (value == null) {
      return;
    }
    if (!value.isNumber()) {
      throw wrongType(name, "a decimal", value);
    }
    if (value.decimalValue().compareTo(BigDecimal.valueOf(least)) < 0) {
      throw outOfRange(name, "decimal", "below minimum", ">= " + least, value);
    }
    if (value.decimalValue().compareTo(BigDecimal.valueOf(most)) > 0) {
      throw outOfRange(name, "decimal", "above maximum", "<= " + most, value);
    }
  }

  /** One of the values, the first where it is absent. */
  String oneOf(String name, List<String> values) {
    var value = optional(name);
    if (value == null) {
      return values.getFirst();
    }
    if (!value.isString()) {
      throw wrongType(name, "a string", value);
    }
    if (!values.contains(value.asString())) {
      var supported = values.stream().map(v -> "'" + v + "'").collect(Collectors.joining(", "));
      throw invalid(
          "invalid_value",
          "Invalid value: '" + value.asString() + "'. Supported values are: " + supported + ".",
          path + name);
    }
    return value.asString();
  }

  RejectedRequest wrongType(String name, String expected, JsonNode actual) {
    return invalid(
        "invalid_type",
        "Invalid type for '%s': expected %s, but got %s instead."
            .formatted(path + name, expected, describe(actual)),
        path + name);
  }

  RejectedRequest emptyArray(String name) {
    return invalid(
        "empty_array",
        "Invalid '%s': empty array. Expected an array with minimum length 1, but got an empty array instead."
            .formatted(path + name),
        path + name);
  }

  RejectedRequest emptyString(String name) {
    return invalid(
        "empty_string",
        "Invalid '%s': empty string. Expected a string with minimum length 1, but got an empty string instead."
            .formatted(path + name),
        path + name);
  }

  static RejectedRequest invalid(String code, String message, String param) {
    return new RejectedRequest(ApiError.invalidRequest(400, code, message, param));
  }

  private RejectedRequest outOfRange(
      String name, String type, String breach, String expected, JsonNode actual) {
    return invalid(
        type + "_" + breach.replace(" minimum", "_min").replace(" maximum", "_max") + "_value",
        "Invalid '%s': %s %s value. Expected a value %s, but got %s instead."
            .formatted(path + name, type, breach, expected, actual),
        path + name);
  }

  private static String describe(JsonNode value) {
    return switch (value.getNodeType()) {
      case ARRAY -> "an array";
      case OBJECT, POJO -> "an object";
      case BOOLEAN -> "a boolean";
      case STRING, BINARY -> "a string";
      case NUMBER -> value.isIntegralNumber() ? "an integer" : "a decimal";
      case NULL, MISSING -> "null";
    };
  }
}
