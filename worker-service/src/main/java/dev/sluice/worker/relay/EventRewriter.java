package dev.sluice.worker.relay;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.json.JsonFactory;

/**
 * Puts our response id and sequence number into a provider's event and leaves every other byte as
 * it was: the spans of the two values are found by a streaming parser and replaced in place.
 * Thread-safe.
 */
final class EventRewriter {
  private final JsonFactory factory = new JsonFactory();

  private record Span(int from, int to, byte[] with) {}

  /**
   * @param addition members for the event, each followed by a comma; empty for none
   * @throws tools.jackson.core.JacksonException if {@code event} is not a JSON object
   */
  byte[] rewrite(byte[] event, String responseId, long sequence, String addition) {
    var spans = new ArrayList<Span>();
    boolean numbered = false;
    try (var parser = factory.createParser(event)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) return event;
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        var name = parser.currentName();
        var value = parser.nextToken();
        if (name.equals("sequence_number") && value.isNumeric()) {
          numbered = true;
          spans.add(number(event, start(parser), sequence));
        } else if (name.equals("response") && value == JsonToken.START_OBJECT) {
          response(parser, event, responseId, spans);
        } else {
          parser.skipChildren();
        }
      }
    }
    var front = numbered ? addition : addition + "\"sequence_number\":" + sequence + ",";
    if (!front.isEmpty()) spans.add(new Span(1, 1, front.getBytes(UTF_8)));
    return splice(event, spans);
  }

  private static void response(
      JsonParser parser, byte[] event, String responseId, List<Span> spans) {
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      var name = parser.currentName();
      var value = parser.nextToken();
      if (name.equals("id") && value == JsonToken.VALUE_STRING) {
        int from = start(parser);
        spans.add(
            new Span(from, endOfString(event, from), ('"' + responseId + '"').getBytes(UTF_8)));
      }
      parser.skipChildren();
    }
  }

  private static int start(JsonParser parser) {
    return (int) parser.currentTokenLocation().getByteOffset();
  }

  private static Span number(byte[] event, int from, long value) {
    int to = from;
    while (to < event.length && "+-.0123456789eE".indexOf(event[to]) >= 0) to++;
    return new Span(from, to, Long.toString(value).getBytes(UTF_8));
  }

  private static int endOfString(byte[] event, int from) {
    int at = from + 1;
    while (event[at] != '"') at += event[at] == '\\' ? 2 : 1;
    return at + 1;
  }

  private static byte[] splice(byte[] event, List<Span> spans) {
    spans.sort(java.util.Comparator.comparingInt(Span::from));
    var out = new ByteArrayOutputStream(event.length + 64);
    int at = 0;
    for (var span : spans) {
      out.write(event, at, span.from() - at);
      out.writeBytes(span.with());
      at = span.to();
    }
    out.write(event, at, event.length - at);
    return out.toByteArray();
  }
}
