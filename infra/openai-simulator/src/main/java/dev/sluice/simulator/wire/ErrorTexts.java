package dev.sluice.simulator.wire;

/** The provider's sentences for what is not wrong with the body itself. */
public final class ErrorTexts {
  private static final String ERROR_GUIDE =
      "https://platform.openai.com/docs/guides/error-codes/api-errors.";

  private ErrorTexts() {}

  public static ApiError missingKey() {
    return ApiError.invalidRequest(
        401,
        null,
        "You didn't provide an API key. You need to provide your API key in an Authorization header"
            + " using Bearer auth (i.e. Authorization: Bearer YOUR_KEY). You can obtain an API key"
            + " from https://platform.openai.com/account/api-keys.",
        null);
  }

  public static ApiError wrongKey(String key) {
    var shown =
        key.length() <= 8 ? key : key.substring(0, 4) + "****" + key.substring(key.length() - 4);
    return ApiError.invalidRequest(
        401,
        "invalid_api_key",
        "Incorrect API key provided: "
            + shown
            + ". You can find your API key at https://platform.openai.com/account/api-keys.",
        null);
  }

  public static ApiError missingScope() {
    return ApiError.invalidRequest(
        403,
        "missing_scope",
        "You have insufficient permissions for this operation. Missing scopes: api.usage.read. Check"
            + " that you have the correct role in your organization, and if you're using a"
            + " restricted API key, that it has the necessary scopes.",
        null);
  }

  public static ApiError unknownModel(String model) {
    return ApiError.invalidRequest(
        404,
        "model_not_found",
        "The model `" + model + "` does not exist or you do not have access to it.",
        null);
  }

  public static ApiError unknownUrl(String method, String path) {
    return ApiError.invalidRequest(404, null, "Invalid URL (" + method + " " + path + ")", null);
  }

  public static ApiError wrongMethod(String method, String path) {
    return ApiError.invalidRequest(
        405, "method_not_supported", "Not allowed to " + method + " on " + path + ".", null);
  }

  public static ApiError contextLength(Endpoint endpoint, long context, long inputTokens) {
    return ApiError.invalidRequest(
        400,
        "context_length_exceeded",
        ("This model's maximum context length is %d tokens. However, your messages resulted in %d"
                + " tokens. Please reduce the length of the messages.")
            .formatted(context, inputTokens),
        endpoint == Endpoint.CHAT ? "messages" : "input");
  }

  public static ApiError slowDown(int status, String code, long retryAfterMs) {
    return new ApiError(
        status,
        "requests",
        code,
        "Slow down: a sudden increase in your request rate is impacting service reliability. Please"
            + " reduce your request rate to its original level, maintain a consistent rate for at"
            + " least 15 minutes, and then gradually increase it.",
        null,
        retryAfterMs);
  }

  public static ApiError insufficientQuota(int status, String code) {
    return new ApiError(
        status,
        "insufficient_quota",
        code,
        "You exceeded your current quota, please check your plan and billing details. For more"
            + " information on this error, read the docs: "
            + ERROR_GUIDE,
        null,
        0);
  }

  public static ApiError serverError(int status, String code) {
    return new ApiError(
        status,
        "server_error",
        code,
        "The server had an error while processing your request. Sorry about that!",
        null,
        0);
  }

  public static ApiError overloaded(int status, String code) {
    return new ApiError(
        status,
        "service_unavailable_error",
        code,
        "Our servers are currently overloaded. Please try again later.",
        null,
        0);
  }
}
