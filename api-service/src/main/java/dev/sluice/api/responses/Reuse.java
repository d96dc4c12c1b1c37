package dev.sluice.api.responses;

import dev.sluice.common.message.AnswerReused;
import dev.sluice.common.message.AnswerReused.Source;
import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.message.TokenUsage;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** What the ledger is told of an answer that needed no call. */
final class Reuse {
  private static final JsonMapper JSON = new JsonMapper();

  private Reuse() {}

  /**
   * @param of response whose answer was used again
   * @param end the event that ended it
   * @return empty if the answer does not say what it used: it was cancelled, or failed
   */
  static Optional<AnswerReused> of(
      RequestEnvelope request, Source source, String of, byte[] end, Instant at) {
    try {
      var response = JSON.readTree(end).path("response");
      if (!response.path("usage").isObject()) return Optional.empty();
      return Optional.of(
          new AnswerReused(
              request.id(),
              request.userId(),
              request.team(),
              request.tags(),
              response.path("model").asString(request.model()),
              request.priority(),
              source,
              of,
              TokenUsage.told(response.path("usage")),
              at,
              Map.of()));
    } catch (JacksonException unreadable) {
      return Optional.empty();
    }
  }
}
