package dev.sluice.worker.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * Server-sent events, as the WHATWG HTML standard section 9.2 defines them, less what the provider
 * never sends (ids, retry). Read raw, so that every byte of an event reaches the client as the
 * provider sent it, fields that no SDK knows yet included. Not thread-safe; reading blocks.
 */
final class EventStream {
  private final BufferedReader lines;

  EventStream(InputStream body) {
    lines = new BufferedReader(new InputStreamReader(body, UTF_8));
  }

  /** The next event, or null where the stream ends. */
  @Nullable ProviderEvent next() throws IOException {
    var type = "";
    var data = new StringBuilder();
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.isEmpty()) {
        if (!data.isEmpty()) return new ProviderEvent(type, data.toString().getBytes(UTF_8));
        type = "";
      } else if (line.startsWith("event:")) {
        type = value(line, "event:");
      } else if (line.startsWith("data:")) {
        if (!data.isEmpty()) data.append('\n');
        data.append(value(line, "data:"));
      }
    }
    return null; // an event without its blank line was cut off
  }

  private static String value(String line, String field) {
    int from = line.startsWith(field + " ") ? field.length() + 1 : field.length();
    return line.substring(from);
  }
}
