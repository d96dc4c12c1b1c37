package dev.sluice.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A plain HTTP client of the simulator, which sees bytes and headers as they are. */
final class TestingClient implements AutoCloseable {
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String url;

  TestingClient(OpenAiSimulator simulator) {
    this.url = simulator.url();
  }

  static JsonNode json(HttpResponse<String> response) {
    return JsonMapper.shared().readTree(response.body());
  }

  /** The data of each SSE frame, in order, without {@code [DONE]}. */
  static List<JsonNode> events(HttpResponse<String> response) {
    return Stream.of(response.body().split("\n"))
        .filter(line -> line.startsWith("data: ") && !line.equals("data: [DONE]"))
        .map(line -> JsonMapper.shared().readTree(line.substring(6)))
        .toList();
  }

  HttpResponse<String> responses(String body) {
    return post("/v1/responses", body, "Authorization", "Bearer sk-test");
  }

  HttpResponse<String> chat(String body) {
    return post("/v1/chat/completions", body, "Authorization", "Bearer sk-test");
  }

  HttpResponse<String> post(String path, String body, String... headers) {
    return send(headers(path, headers).POST(BodyPublishers.ofString(body)).build());
  }

  HttpResponse<String> put(String path, String body) {
    return send(headers(path).PUT(BodyPublishers.ofString(body)).build());
  }

  HttpResponse<String> get(String path, String... headers) {
    return send(headers(path, headers).GET().build());
  }

  HttpResponse<String> delete(String path) {
    return send(headers(path).DELETE().build());
  }

  /** A stream that the test reads itself; closing it drops the connection. */
  InputStream open(String body) throws IOException, InterruptedException {
    var request =
        headers("/v1/responses", "Authorization", "Bearer sk-test")
            .POST(BodyPublishers.ofString(body))
            .build();
    return http.send(request, BodyHandlers.ofInputStream()).body();
  }

  /** All bytes of an answer until the simulator closes the connection, with headers and chunks. */
  String receivedBytes(String body) throws IOException {
    var uri = URI.create(url);
    try (var socket = new Socket(uri.getHost(), uri.getPort())) {
      socket.setSoTimeout(10_000);
      var request =
          "POST /v1/responses HTTP/1.1\r\nHost: simulator\r\nAuthorization: Bearer sk-test\r\n"
              + "Content-Length: "
              + body.length()
              + "\r\n\r\n"
              + body;
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  List<JsonNode> audit() {
    return get("/audit/requests")
        .body()
        .lines()
        .map(line -> JsonMapper.shared().readTree(line))
        .toList();
  }

  /** Waits for what another thread brings about. */
  static void await(BooleanSupplier condition) {
    var deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("nothing happened within 10 s");
      }
      LockSupport.parkNanos(2_000_000);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
    http.close();
  }

  private HttpRequest.Builder headers(String path, String... headers) {
    var builder = HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofSeconds(30));
    return headers.length == 0 ? builder : builder.headers(headers);
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }
}
