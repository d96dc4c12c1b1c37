package dev.sluice.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import tools.jackson.databind.json.JsonMapper;

/** Access tokens of the stack's demo accounts. */
public final class Tokens {
  private Tokens() {}

  /**
   * @param api address of an api instance
   */
  public static String of(String api, String account) {
    var request =
        HttpRequest.newBuilder(URI.create(api + "/demo/tokens"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{\"account\":\"" + account + "\"}"))
            .build();
    try (var http = HttpClient.newHttpClient()) {
      var answer = http.send(request, BodyHandlers.ofString()).body();
      return JsonMapper.shared().readTree(answer).path("access_token").asString();
    } catch (IOException unreachable) {
      throw new UncheckedIOException("no token from " + api, unreachable);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }
}
