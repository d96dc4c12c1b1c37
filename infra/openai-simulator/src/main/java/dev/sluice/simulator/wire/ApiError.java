package dev.sluice.simulator.wire;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * An error as the API words it.
 *
 * @param retryAfterMs what the retry headers say; 0 for errors without them
 */
public record ApiError(
    int status,
    String type,
    @Nullable String code,
    String message,
    @Nullable String param,
    long retryAfterMs) {

  public static ApiError invalidRequest(
      int status, @Nullable String code, String message, @Nullable String param) {
    return new ApiError(status, "invalid_request_error", code, message, param, 0);
  }

  /** {@code {"error": {"message", "type", "param", "code"}}}. */
  public ObjectNode body() {
    var body = JsonMapper.shared().createObjectNode();
    body.putObject("error")
        .put("message", message)
        .put("type", type)
        .put("param", param)
        .put("code", code);
    return body;
  }
}
