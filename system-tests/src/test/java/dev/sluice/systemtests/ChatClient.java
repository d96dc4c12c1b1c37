package dev.sluice.systemtests;

import static dev.sluice.systemtests.TestingSystem.JSON;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofSeconds;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A plain WebSocket client that keeps every frame it was sent. */
final class ChatClient implements AutoCloseable {
  static final Set<String> TERMINAL =
      Set.of("response.completed", "response.failed", "response.incomplete");
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final List<JsonNode> frames = new CopyOnWriteArrayList<>();
  private final WebSocket socket;
  private volatile int closeCode = -1;

  private ChatClient(String api, String token, Map<String, String> headers) {
    var builder = HTTP.newWebSocketBuilder().header("Authorization", "Bearer " + token);
    headers.forEach(builder::header);
    socket =
        builder
            .buildAsync(URI.create(api.replace("http:", "ws:") + "/v1/responses"), new Listener())
            .join();
  }

  static ChatClient of(String account) {
    return at(TestingSystem.url(), TestingSystem.token(account));
  }

  /** One that is traced itself. */
  static ChatClient traced(String account, String traceparent) {
    return new ChatClient(
        TestingSystem.url(), TestingSystem.token(account), Map.of("traceparent", traceparent));
  }

  /** A client of the second api. */
  static ChatClient elsewhere(String account) {
    return at(TestingSystem.otherUrl(), TestingSystem.token(account));
  }

  /** With a token of its own, at any api. */
  static ChatClient at(String api, String token) {
    return new ChatClient(api, token, Map.of());
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder parts = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      parts.append(part);
      if (last) {
        frames.add(JSON.readTree(parts.toString()));
        parts.setLength(0);
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      closeCode = code;
      return null;
    }
  }

  void send(String frame) {
    socket.sendText(frame, true).join();
  }

  WebSocket socket() {
    return socket;
  }

  int closeCode() {
    return closeCode;
  }

  /** What came so far does not count any more. */
  void forget() {
    frames.clear();
  }

  List<JsonNode> frames() {
    return List.copyOf(frames);
  }

  /** Asks on a stream of its own and waits until the request is queued. */
  String ask(String streamId, String input) {
    send(question(streamId, input));
    return id(streamId);
  }

  /** The response that a stream is for, once its request is queued. */
  String id(String streamId) {
    return awaitFrame(frame ->
            frame.path("type").asString().equals("response.queued")
                && frame.path("stream_id").asString("").equals(streamId))
        .path("response")
        .path("id")
        .asString();
  }

  static String question(String streamId, String input) {
    ObjectNode frame = JSON.createObjectNode();
    frame.put("type", "response.create");
    frame.put("stream_id", streamId);
    frame.put("model", "gpt-4o-mini");
    frame.put("input", input);
    return JSON.writeValueAsString(frame);
  }

  JsonNode awaitFrame(Predicate<JsonNode> wanted) {
    try {
      return await()
          .pollDelay(ZERO)
          .atMost(ofSeconds(60))
          .until(() -> frames.stream().filter(wanted).findFirst().orElse(null), f -> f != null);
    } catch (ConditionTimeoutException inVain) {
      throw new AssertionError("Waited in vain; came " + summary(), inVain);
    }
  }

  /** What came, short: of each stream how many of what. */
  private String summary() {
    var came =
        frames.stream()
            .map(frame ->
                String.join(
                    " ",
                    frame.path("stream_id").asString(""),
                    frame.path("type").asString(),
                    frame.path("error").path("code").asString("")))
            .collect(Collectors.groupingBy(one -> one, LinkedHashMap::new, Collectors.counting()));
    return came + ", close code " + closeCode;
  }

  /** Waits until so many requests are queued: each is admitted on a thread of its own. */
  void awaitQueued(int count) {
    await()
        .pollDelay(ZERO)
        .atMost(ofSeconds(60))
        .until(() ->
            frames.stream()
                    .filter(frame -> frame.path("type").asString().equals("response.queued"))
                    .count()
                >= count);
  }

  JsonNode awaitType(String type) {
    return awaitFrame(frame -> frame.path("type").asString().equals(type));
  }

  /** The event that ends what was asked on a stream. */
  JsonNode awaitEnd(String streamId) {
    return awaitFrame(frame ->
        TERMINAL.contains(frame.path("type").asString())
            && frame.path("stream_id").asString("").equals(streamId));
  }

  /** Every event of a stream, in the order in which they came. */
  List<JsonNode> events(String streamId) {
    return frames.stream()
        .filter(frame -> frame.path("stream_id").asString("").equals(streamId))
        .toList();
  }

  /** The text that the deltas of a stream add up to. */
  String text(String streamId) {
    var text = new StringBuilder();
    for (var event : events(streamId))
      if (event.path("type").asString().equals("response.output_text.delta"))
        text.append(event.path("delta").asString());
    return text.toString();
  }

  /** What {@code response.completed} says the whole answer is. */
  static String wholeText(JsonNode completed) {
    var text = new StringBuilder();
    for (var item : completed.path("response").path("output"))
      for (var part : item.path("content")) text.append(part.path("text").asString(""));
    return text.toString();
  }

  @Override
  public void close() {
    socket.abort();
  }
}
