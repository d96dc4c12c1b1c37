package dev.sluice.api.responses;

import java.util.Arrays;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.json.JsonFactory;

/** Takes the response object out of an event, byte for byte. Thread-safe. */
final class ResponseField {
  private static final JsonFactory JSON = new JsonFactory();

  private ResponseField() {}

  /** The value of {@code response}, if the event has one. */
  static Optional<byte[]> of(byte[] event) {
    try (var parser = JSON.createParser(event)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) return Optional.empty();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        boolean wanted = parser.currentName().equals("response");
        if (parser.nextToken() == JsonToken.START_OBJECT && wanted)
          return Optional.of(span(parser, event));
        parser.skipChildren();
      }
      return Optional.empty();
    } catch (JacksonException malformed) {
      return Optional.empty();
    }
  }

  private static byte[] span(JsonParser parser, byte[] event) {
    int from = (int) parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    int to = (int) parser.currentLocation().getByteOffset();
    return Arrays.copyOfRange(event, from, to);
  }
}
