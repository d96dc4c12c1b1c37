package dev.sluice.common.error;

import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Errors in OpenAI's shape: {@code {"error": {"type", "code", "message", "param"}}}. */
public final class ErrorBody {
  private final JsonMapper json = new JsonMapper();

  /** The body of an HTTP error. */
  public String of(ErrorCode code, String message, @Nullable String param) {
    var body = json.createObjectNode();
    fill(body.putObject("error"), code, message, param);
    return json.writeValueAsString(body);
  }

  /** The body of an HTTP error whose code may be the provider's own. */
  public String of(String type, String code, String message) {
    var body = json.createObjectNode();
    var error = body.putObject("error");
    error.put("type", type).put("code", code).put("message", message).putNull("param");
    return json.writeValueAsString(body);
  }

  /** An {@code error} frame of the WebSocket. */
  public String frame(SluiceException refusal, @Nullable String streamId) {
    var frame = json.createObjectNode();
    frame.put("type", "error");
    frame.put("status", refusal.code().status());
    if (streamId != null) frame.put("stream_id", streamId);
    fill(frame.putObject("error"), refusal.code(), refusal.detail(), refusal.param());
    var headers = new TreeMap<String, String>();
    RetryAfter.of(refusal.code()).map(RetryAfter::headers).ifPresent(headers::putAll);
    headers.putAll(refusal.headers());
    if (!headers.isEmpty()) headers.forEach(frame.putObject("headers")::put);
    return json.writeValueAsString(frame);
  }

  private static void fill(
      ObjectNode error, ErrorCode code, String message, @Nullable String param) {
    error.put("type", code.type());
    error.put("code", code.code());
    error.put("message", message);
    error.put("param", param);
  }
}
