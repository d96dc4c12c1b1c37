import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;

/**
 * Asks a question through Sluice with a plain WebSocket and prints every event as it comes. No
 * dependency but a JDK 25:
 *
 * <pre>
 * java docs/examples/AskPlain.java ws://localhost:8080/v1/responses "$(./sluice token user1)" "Why is the sea salty?"
 * </pre>
 */
void main(String[] arguments) throws Exception {
  var ended = new CountDownLatch(1);
  var listener =
      new WebSocket.Listener() {
        private final StringBuilder event = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
          event.append(part);
          if (last) {
            IO.println(event);
            if (event.indexOf("\"type\":\"response.completed\"") >= 0
                || event.indexOf("\"type\":\"response.failed\"") >= 0
                || event.indexOf("\"type\":\"error\"") >= 0) ended.countDown();
            event.setLength(0);
          }
          socket.request(1);
          return null;
        }
      };
  try (var client = HttpClient.newHttpClient()) {
    var socket =
        client
            .newWebSocketBuilder()
            .header("Authorization", "Bearer " + arguments[1])
            .buildAsync(URI.create(arguments[0]), listener)
            .join();
    var question = arguments[2].replace("\\", "\\\\").replace("\"", "\\\"");
    socket.sendText(
        "{\"type\":\"response.create\",\"model\":\"gpt-4o-mini\",\"input\":\"" + question + "\"}",
        true);
    ended.await();
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    client.shutdownNow();
  }
}
