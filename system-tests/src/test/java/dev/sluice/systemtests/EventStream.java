package dev.sluice.systemtests;

import static dev.sluice.systemtests.TestingSystem.JSON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.JsonNode;

/** Server-sent events as they come; keeps every line of them. */
final class EventStream implements AutoCloseable {
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final HttpResponse<InputStream> response;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Thread reader;

  EventStream(HttpRequest request) {
    try {
      response = http.send(request, BodyHandlers.ofInputStream());
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
    reader = Thread.startVirtualThread(this::read);
  }

  private void read() {
    try (var body = new BufferedReader(new InputStreamReader(response.body(), UTF_8))) {
      for (var line = body.readLine(); line != null; line = body.readLine()) lines.add(line);
    } catch (IOException closed) {
      // By us
    }
  }

  int status() {
    return response.statusCode();
  }

  String header(String name) {
    return response.headers().firstValue(name).orElse("");
  }

  /** Every line so far, empty ones included. */
  List<String> lines() {
    return List.copyOf(lines);
  }

  /** The data of every event so far. */
  List<JsonNode> events() {
    return lines.stream()
        .filter(line -> line.startsWith("data: {"))
        .map(line -> JSON.readTree(line.substring("data: ".length())))
        .toList();
  }

  List<Long> sequence() {
    return events().stream().map(event -> event.path("sequence_number").asLong(-1)).toList();
  }

  /** The text that the deltas add up to. */
  String text() {
    var text = new StringBuilder();
    for (var event : events())
      if (event.path("type").asString("").equals("response.output_text.delta"))
        text.append(event.path("delta").asString());
    return text.toString();
  }

  /** Waits until the server has closed the stream; the last event. */
  JsonNode awaitEnd() {
    await().atMost(Duration.ofSeconds(60)).until(() -> !reader.isAlive());
    return events().isEmpty() ? JSON.missingNode() : events().getLast();
  }

  JsonNode awaitType(String type) {
    return await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                events().stream()
                    .filter(event -> event.path("type").asString("").equals(type))
                    .findFirst()
                    .orElse(null),
            event -> event != null);
  }

  /** Closes the connection, as a client does that goes away. */
  @Override
  public void close() {
    http.shutdownNow();
    http.close();
  }
}
