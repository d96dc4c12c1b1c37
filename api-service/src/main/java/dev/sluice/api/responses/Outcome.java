package dev.sluice.api.responses;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** What came of a response, by its last event. */
enum Outcome {
  ANSWERED,
  CANCELLED,
  FAILED;

  private static final JsonMapper JSON = new JsonMapper();

  static Outcome of(byte[] end) {
    try {
      var event = JSON.readTree(end);
      var reason = event.path("response").path("incomplete_details").path("reason").asString("");
      return switch (event.path("type").asString("")) {
        case "response.completed" -> ANSWERED;
        case "response.incomplete" -> reason.equals("cancelled") ? CANCELLED : ANSWERED;
        default -> FAILED;
      };
    } catch (JacksonException unreadable) {
      return FAILED;
    }
  }
}
