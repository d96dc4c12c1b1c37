package dev.sluice.api.http;

import dev.sluice.common.error.ErrorBody;
import dev.sluice.common.error.ErrorCode;
import java.util.Arrays;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Responses that failed, as HTTP errors: whoever waits for plain JSON has no event to look at. */
final class Failures {
  private final ErrorBody errors;

  Failures(ErrorBody errors) {
    this.errors = errors;
  }

  /**
   * @param known what it is here; a code of the provider's own counts as a refused request
   * @param body in OpenAI's shape
   */
  record Failure(ErrorCode known, String body) {}

  /**
   * The error of a response object that is told as a chat completion, which knows no other way to
   * say that somebody cancelled it.
   */
  Optional<Failure> ofCompletion(JsonNode response) {
    var reason = response.path("incomplete_details").path("reason").asString("");
    var cancelled = ErrorCode.CANCELLED;
    return reason.equals(cancelled.code())
        ? Optional.of(new Failure(cancelled, errors.of(cancelled, cancelled.sentence(), null)))
        : of(response);
  }

  /** The error of a response object, if the response failed. */
  Optional<Failure> of(JsonNode response) {
    if (!response.path("status").asString("").equals("failed")) return Optional.empty();
    var error = response.path("error");
    var code = error.path("code").asString(ErrorCode.SERVER_ERROR.code());
    var known =
        Arrays.stream(ErrorCode.values())
            .filter(ours -> ours.code().equals(code))
            .findFirst()
            .orElse(ErrorCode.PROVIDER_REJECTED);
    var message = error.path("message").asString(known.sentence());
    return Optional.of(new Failure(known, errors.of(known.type(), code, message)));
  }
}
