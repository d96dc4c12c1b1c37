package dev.sluice.benchmarks.latency;

import dev.sluice.benchmarks.Users;
import dev.sluice.localstack.LocalStack;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Browsers in front of Sluice: each has a user and a socket of its own and asks one question at a
 * time; the one that has been idle longest asks next.
 */
final class SluiceAsker implements Asker {
  private final HttpClient http = HttpClient.newHttpClient();
  private final URI address;
  private final Users users;
  private final Queue<Browser> idle = new ConcurrentLinkedQueue<>();
  private final List<Browser> all = new CopyOnWriteArrayList<>();

  SluiceAsker(LocalStack stack) {
    address = URI.create(stack.api(1).url().replace("http:", "ws:") + "/v1/responses");
    users = Users.of(stack);
  }

  /** So many more; one that is asked for when none is idle is a question that failed. */
  void open(int browsers) {
    for (int i = 0; i < browsers; i++) idle.add(browser());
  }

  @Override
  public CompletableFuture<Long> ask(String question) {
    var browser = idle.poll();
    if (browser == null)
      return CompletableFuture.failedFuture(new IllegalStateException("all browsers are busy"));
    return browser.ask(question).whenComplete((_, _) -> idle.add(browser));
  }

  private Browser browser() {
    var browser = new Browser();
    browser.socket =
        http.newWebSocketBuilder()
            .header("Authorization", "Bearer " + users.token("user-" + all.size()))
            .buildAsync(address, browser)
            .join();
    all.add(browser);
    return browser;
  }

  private static final class Browser implements WebSocket.Listener {
    private final StringBuilder parts = new StringBuilder(); // the listener's thread alone
    private @Nullable WebSocket socket; // set before the first question
    private volatile @Nullable FirstToken first;

    CompletableFuture<Long> ask(String question) {
      var next = new FirstToken();
      first = next;
      if (socket == null) throw new IllegalStateException("not open yet");
      var _ =
          socket.sendText(
              "{\"type\":\"response.create\",\"model\":\"gpt-4o-mini\",\"input\":\""
                  + question
                  + "\"}",
              true);
      return next.answered();
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      parts.append(part);
      if (last) {
        var waiting = first;
        if (waiting != null) waiting.event(parts);
        parts.setLength(0);
      }
      from.request(1);
      return null;
    }
  }

  @Override
  public void close() {
    for (var browser : all) if (browser.socket != null) browser.socket.abort();
    http.shutdownNow();
  }
}
