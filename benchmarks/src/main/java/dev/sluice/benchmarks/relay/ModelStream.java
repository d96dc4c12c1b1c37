package dev.sluice.benchmarks.relay;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;

/**
 * Answers of the simulator's, streamed over HTTP and read by the thread that asks: the cheapest
 * client there is, so that it is not what is measured.
 */
record ModelStream(URI address, int tokens) {
  private static final String EVENT = "event: ";
  private static final String DATA = "data: ";

  /**
   * @param simulator its address
   * @param tokens how long each answer is
   */
  static ModelStream of(String simulator, int tokens) {
    return new ModelStream(URI.create(simulator + "/v1/responses"), tokens);
  }

  /** Asks, and hands each event on when it comes. Blocks until the answer's end. */
  void read(Reader reader) {
    try {
      var connection = (HttpURLConnection) address.toURL().openConnection();
      connection.setRequestProperty("Authorization", "Bearer sk-benchmark");
      connection.setRequestProperty("Content-Type", "application/json");
      connection.setDoOutput(true);
      try (var body = connection.getOutputStream()) {
        body.write(question().getBytes(UTF_8));
      }
      try (var lines =
          new BufferedReader(new InputStreamReader(connection.getInputStream(), UTF_8))) {
        var type = "";
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
          if (line.startsWith(EVENT)) type = line.substring(EVENT.length());
          else if (line.startsWith(DATA))
            reader.event(type, line.substring(DATA.length()).getBytes(UTF_8));
        }
      }
    } catch (IOException failed) {
      throw new UncheckedIOException("the simulator did not answer", failed);
    }
  }

  private String question() {
    return "{\"model\":\"gpt-4o-mini\",\"stream\":true,\"input\":\"Why is the sea salty? [[tokens=%d]]\"}"
        .formatted(tokens);
  }
}
