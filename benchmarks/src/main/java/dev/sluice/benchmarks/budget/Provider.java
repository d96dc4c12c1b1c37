package dev.sluice.benchmarks.budget;

import dev.sluice.benchmarks.ModelSpeed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The simulator's control API: what is enforced, and what was seen.
 *
 * @param url without {@code /v1}
 */
record Provider(String url) {
  /** Answers begin after 50 ms and come in one piece, so that the machine has little to do. */
  void answersQuickly() throws InterruptedException {
    ModelSpeed.set(url, 50, 0);
  }

  /** Enforces the account's limits from now on, with nothing of them used and nothing audited. */
  void startAfresh(Account account, Limiter limiter) {
    // A pool starts unused when its limiter changes
    limits(account, "quanta");
    limits(account, limiter.toString());
    var _ = send(HttpRequest.newBuilder(URI.create(url + "/audit/requests")).DELETE());
  }

  private void limits(Account account, String limiter) {
    put(
        "/simulator/limits",
        """
        {"limiter":"%s","time_compression":%d,"%s":{"rpm":%d,"tpm":%d,"rpd":null}}\
        """
            .formatted(
                limiter, account.compression(), account.model(), account.rpm(), account.tpm()));
  }

  /** Every call since it was started afresh, in the order of arrival. */
  List<Call> audit() {
    return send(HttpRequest.newBuilder(URI.create(url + "/audit/requests")))
        .lines()
        .map(JsonMapper.shared()::readTree)
        .map(Provider::call)
        .sorted(Call.BY_TIME)
        .toList();
  }

  private static Call call(JsonNode line) {
    return new Call(
        Instant.parse(line.path("received_at").asString()),
        line.path("client_request_id").asString("").replaceFirst("/\\d+$", ""),
        line.path("status").asInt(0),
        line.path("charged_tokens").asLong(0));
  }

  private void put(String path, String body) {
    var _ =
        send(
            HttpRequest.newBuilder(URI.create(url + path))
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(body)));
  }

  private String send(HttpRequest.Builder request) {
    try (var http = HttpClient.newHttpClient()) {
      var response = http.send(request.build(), BodyHandlers.ofString());
      if (response.statusCode() >= 300)
        throw new IllegalStateException("the simulator refuses: " + response.body());
      return response.body();
    } catch (IOException unreachable) {
      throw new UncheckedIOException("no answer from " + url, unreachable);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }
}
