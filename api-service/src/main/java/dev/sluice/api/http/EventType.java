package dev.sluice.api.http;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.json.JsonFactory;

/** Reads the type of an event without reading the rest of it; it stands near the front. */
final class EventType {
  private static final JsonFactory JSON = new JsonFactory();

  private EventType() {}

  /** The value of {@code type}; empty if there is none. */
  static String of(byte[] event) {
    try (var parser = JSON.createParser(event)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) return "";
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        boolean wanted = parser.currentName().equals("type");
        if (parser.nextToken() == JsonToken.VALUE_STRING && wanted) return parser.getString();
        parser.skipChildren();
      }
      return "";
    } catch (JacksonException malformed) {
      return "";
    }
  }
}
