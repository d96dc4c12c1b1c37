package dev.sluice.benchmarks.budget;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** The provider over HTTP, as the baselines call it. Thread-safe. */
final class ProviderCall implements AutoCloseable {
  /** The call brought no answer from the provider, not even an error. */
  static final int BROKEN = 0;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI address;
  private final Duration timeout;

  /**
   * @param network the way to the provider, without {@code /v1}
   * @param timeout until the answer begins
   */
  ProviderCall(String network, Duration timeout) {
    this.address = URI.create(network + "/v1/responses");
    this.timeout = timeout;
  }

  /**
   * Calls and reads the whole answer.
   *
   * @return the HTTP status, or {@link #BROKEN}
   */
  int make(Question question, int attempt) throws InterruptedException {
    var request =
        HttpRequest.newBuilder(address)
            .timeout(timeout)
            .header("Authorization", "Bearer sk-benchmark")
            .header("Content-Type", "application/json")
            .header("X-Client-Request-Id", question.id() + "/" + attempt)
            .POST(BodyPublishers.ofString(streamed(question.body())))
            .build();
    try {
      return http.send(request, BodyHandlers.discarding()).statusCode();
    } catch (IOException broken) {
      return BROKEN;
    }
  }

  private static String streamed(String body) {
    return "{\"stream\":true," + body.substring(1);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
