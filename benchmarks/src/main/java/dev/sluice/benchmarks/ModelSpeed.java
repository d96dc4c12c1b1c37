package dev.sluice.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;

/** How fast the simulator's models speak. */
public final class ModelSpeed {
  private ModelSpeed() {}

  /**
   * From now on, without jitter.
   *
   * @param simulator its URL, without {@code /v1}
   */
  public static void set(String simulator, int firstTokenMs, int betweenTokensMs)
      throws InterruptedException {
    var latency =
        "{\"first_token_ms\":%d,\"between_tokens_ms\":%d,\"jitter_ms\":0}"
            .formatted(firstTokenMs, betweenTokensMs);
    var request =
        HttpRequest.newBuilder(URI.create(simulator + "/simulator/latency"))
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(latency))
            .build();
    try (var http = HttpClient.newHttpClient()) {
      int status = http.send(request, BodyHandlers.discarding()).statusCode();
      if (status >= 300) throw new IllegalStateException("the simulator answers " + status);
    } catch (IOException unreachable) {
      throw new UncheckedIOException(unreachable);
    }
  }
}
