package dev.sluice.simulator.wire;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Turns a body into a {@link ModelRequest} or throws {@link RejectedRequest}. */
public final class RequestReader {
  private static final int LEAST_OUTPUT_TOKENS = 16;

  private static final List<String> SERVICE_TIERS =
      List.of("auto", "default", "flex", "scale", "priority", "fast");

  private final boolean unknownParametersAllowed;

  public RequestReader(boolean unknownParametersAllowed) {
    this.unknownParametersAllowed = unknownParametersAllowed;
  }

  /** The body as a JSON object; nothing else is checked yet. */
  public ObjectNode parse(byte[] body) {
    try {
      if (JsonMapper.shared().readTree(body) instanceof ObjectNode object) {
        return object;
      }
    } catch (JacksonException notJson) {
      // answered below, like JSON that is no object
    }
    throw new RejectedRequest(
        ApiError.invalidRequest(
            400,
            null,
            "We could not parse the JSON body of your request. (HINT: This likely means you aren't"
                + " using your HTTP library correctly. The OpenAI API expects a JSON payload, but"
                + " what was sent was not valid JSON.)",
            null));
  }

  /** The model asked for. Read before the rest, since limits and headers depend on it. */
  public String model(ObjectNode body) {
    var fields = new Fields(body, "");
    var model = fields.requiredString("model");
    if (model.isBlank()) {
      throw fields.emptyString("model");
    }
    return model;
  }

  public ModelRequest read(Endpoint endpoint, String model, ObjectNode body) {
    var known = endpoint == Endpoint.RESPONSES ? Parameters.RESPONSES : Parameters.CHAT;
    rejectUnknown(body, known);
    var fields = new Fields(body, "");
    var stream = fields.flag("stream");
    var options = streamOptions(fields, stream);
    fields.decimal("temperature", 0, 2);
    fields.decimal("top_p", 0, 1);
    fields.optionalObject("metadata");
    var tier = servedBy(fields.oneOf("service_tier", SERVICE_TIERS));
    return switch (endpoint) {
      case RESPONSES -> responses(model, body, fields, stream, tier);
      case CHAT -> {
        var includeUsage = options != null && options.flag("include_usage");
        yield chat(model, body, fields, stream, includeUsage, tier);
      }
    };
  }

  private static ModelRequest responses(
      String model, ObjectNode body, Fields fields, boolean stream, String tier) {
    var maxOutput = fields.integer("max_output_tokens", LEAST_OUTPUT_TOKENS);
    if (fields.flag("background")) {
      throw Fields.invalid(
          "unsupported_parameter", "The simulator keeps no background responses.", "background");
    }
    var previous = fields.optional("previous_response_id");
    if (previous != null) {
      throw Fields.invalid(
          "previous_response_not_found",
          "Previous response with id '" + previous.asString() + "' not found.",
          "previous_response_id");
    }
    var prompt = new InputReader().responses(fields);
    return new ModelRequest(
        Endpoint.RESPONSES, model, prompt, maxOutput, stream, false, tier, body);
  }

  private static ModelRequest chat(
      String model,
      ObjectNode body,
      Fields fields,
      boolean stream,
      boolean includeUsage,
      String tier) {
    if (fields.optional("max_tokens") != null && fields.optional("max_completion_tokens") != null) {
      throw Fields.invalid(
          "invalid_parameter_combination",
          "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
          "max_tokens");
    }
    var maxOutput =
        Math.max(fields.integer("max_tokens", 1), fields.integer("max_completion_tokens", 1));
    if (fields.integer("n", 1) > 1) {
      throw Fields.invalid("unsupported_value", "The simulator answers once: n must be 1.", "n");
    }
    fields.decimal("frequency_penalty", -2, 2);
    fields.decimal("presence_penalty", -2, 2);
    var prompt = new InputReader().chat(fields);
    return new ModelRequest(
        Endpoint.CHAT, model, prompt, maxOutput, stream, includeUsage, tier, body);
  }

  private static @Nullable Fields streamOptions(Fields fields, boolean stream) {
    var options = fields.optionalObject("stream_options");
    if (options == null) {
      return null;
    }
    if (!stream) {
      throw new RejectedRequest(
          ApiError.invalidRequest(
              400,
              null,
              "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
              "stream_options"));
    }
    return new Fields(options, "stream_options.");
  }

  private void rejectUnknown(ObjectNode body, Set<String> known) {
    if (unknownParametersAllowed) {
      return;
    }
    for (var name : body.propertyNames()) {
      if (!known.contains(name)) {
        throw Fields.invalid("unknown_parameter", "Unknown parameter: '" + name + "'.", name);
      }
    }
  }

  /** API reference: fast is served as priority; auto is the project's default. */
  private static String servedBy(String asked) {
    return switch (asked) {
      case "auto" -> "default";
      case "fast" -> "priority";
      default -> asked;
    };
  }

  /** The type of a value that must be an object. */
  static ObjectNode object(JsonNode value, Fields fields, String name) {
    if (value instanceof ObjectNode object) {
      return object;
    }
    throw fields.wrongType(name, "an object", value);
  }
}
