package dev.sluice.benchmarks.latency;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** The baseline: the same request made straight to the provider, streamed over HTTP. */
final class DirectAsker implements Asker {
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI address;

  /**
   * @param provider its address, without {@code /v1}
   */
  DirectAsker(String provider) {
    address = URI.create(provider + "/v1/responses");
  }

  @Override
  public CompletableFuture<Long> ask(String question) {
    var request =
        HttpRequest.newBuilder(address)
            .header("Authorization", "Bearer sk-benchmark")
            .header("Content-Type", "application/json")
            .POST(
                BodyPublishers.ofString(
                    "{\"model\":\"gpt-4o-mini\",\"stream\":true,\"input\":\"" + question + "\"}"))
            .build();
    var first = new FirstToken();
    var _ =
        http.sendAsync(request, BodyHandlers.fromLineSubscriber(new Lines(first)))
            .whenComplete((_, failure) -> {
              if (failure != null) first.answered().completeExceptionally(failure);
              else first.answered().completeExceptionally(new IllegalStateException("no end"));
            });
    return first.answered();
  }

  private record Lines(FirstToken first) implements Flow.Subscriber<String> {
    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(String line) {
      first.event(line);
    }

    @Override
    public void onError(Throwable failure) {
      first.answered().completeExceptionally(failure);
    }

    @Override
    public void onComplete() {}
  }

  @Override
  public void close() {
    http.close();
  }
}
