package dev.sluice.systemtests;

import static dev.sluice.systemtests.HttpCaller.json;
import static dev.sluice.systemtests.HttpCaller.question;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The wire as the documentation shows it is the wire as it is. */
class WireTranscriptTest {
  private static final Path PAGE = Path.of("..", "docs", "wire-protocol.md");
  private static final Pattern SHOWN =
      Pattern.compile("(?s)<!-- transcript -->\n```\n(.*?)```\n<!-- end of transcript -->");
  private static final Pattern ID = Pattern.compile("(resp|msg)_[A-Za-z0-9_-]+");
  private static final Pattern TIME =
      Pattern.compile("(\"(?:created|created_at|completed_at)\":)\\d+");

  private final StringBuilder transcript = new StringBuilder();
  private final Map<String, String> ids = new LinkedHashMap<>();
  private final HttpCaller user = HttpCaller.of("user1");

  @Test
  void the_transcript_in_the_documentation_is_what_goes_over_the_wire() throws IOException {
    TestingSystem.simulator().behave();
    var id = overHttp();
    afterwards(id);
    overChat();
    overTheSocket();

    var actual = normalised(transcript.toString());
    Files.writeString(TestingSystem.output().resolve("wire-transcript.txt"), actual);
    var shown = SHOWN.matcher(Files.readString(PAGE));
    assertThat(shown.find()).isTrue();
    assertThat(shown.group(1))
        .as("docs/wire-protocol.md; see target/test-output/wire-transcript.txt")
        .isEqualTo(actual);
  }

  private String overHttp() {
    var body = question("Hi [[tokens=3]]", "stream", "true");
    say("POST /v1/responses", body);
    try (var stream = user.stream("/v1/responses", body)) {
      stream.awaitEnd();
      heard("200 " + stream.header("content-type"));
      stream
          .lines()
          .forEach(line -> transcript.append(line.isEmpty() ? "" : "← " + line).append('\n'));
      return stream.header("x-request-id");
    }
  }

  private void afterwards(String id) {
    say("GET /v1/responses/" + id + "?stream=true&starting_after=9", null);
    try (var stream = user.stream("/v1/responses/" + id + "?stream=true&starting_after=9")) {
      stream.awaitEnd();
      heard("200 " + stream.header("content-type"));
      stream.events().forEach(event -> heard("… " + event.path("type").asString()));
    }
    transcript.append('\n');
    say("DELETE /v1/responses/" + id, null);
    var deleted = user.delete("/v1/responses/" + id);
    heard(deleted.statusCode() + " " + json(deleted).path("deleted"));
    transcript.append('\n');
    say("GET /v1/responses/" + id, null);
    heard(user.get("/v1/responses/" + id));
    transcript.append('\n');
  }

  private void overChat() {
    var body =
        "{\"model\":\"gpt-4o-mini\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi [[tokens=3]]\"}],"
            + "\"stream\":true,\"stream_options\":{\"include_usage\":true}}";
    say("POST /v1/chat/completions", body);
    try (var stream = user.stream("/v1/chat/completions", body)) {
      stream.awaitEnd();
      heard("200 " + stream.header("content-type"));
      stream
          .lines()
          .forEach(line -> transcript.append(line.isEmpty() ? "" : "← " + line).append('\n'));
    }
  }

  private void overTheSocket() {
    try (var socket = ChatClient.of("user1")) {
      transcript.append("WebSocket /v1/responses\n");
      var create =
          "{\"type\":\"response.create\",\"stream_id\":\"a\",\"model\":\"gpt-4o-mini\",\"input\":\"Hi [[tokens=3]]\"}";
      frame(create);
      socket.send(create);
      var end = socket.awaitEnd("a");
      socket.events("a").forEach(event -> heard(shortened(event)));
      var id = end.path("response").path("id").asString();
      var resume =
          "{\"type\":\"response.resume\",\"stream_id\":\"b\",\"response_id\":\"%s\",\"starting_after\":9}"
              .formatted(id);
      frame(resume);
      socket.send(resume);
      socket.awaitEnd("b");
      socket.events("b").forEach(event -> heard(shortened(event)));
      var wrong = "{\"type\":\"response.create\",\"stream_id\":\"c\",\"model\":\"gpt-4o-mini\"}";
      frame(wrong);
      socket.send(wrong);
      heard(socket.awaitType("error").toString());
    }
  }

  /** Over the socket the events are the same, but for the stream's id. */
  private static String shortened(JsonNode event) {
    return "{\"stream_id\":\"%s\",\"type\":\"%s\",\"sequence_number\":%d,…}"
        .formatted(
            event.path("stream_id").asString(),
            event.path("type").asString(),
            event.path("sequence_number").asLong());
  }

  private void say(String line, @org.jspecify.annotations.Nullable String body) {
    transcript.append(line).append('\n');
    if (body != null) frame(body);
  }

  private void frame(String text) {
    transcript.append("→ ").append(text).append('\n');
  }

  private void heard(HttpResponse<String> answer) {
    heard(answer.statusCode() + " " + answer.body());
  }

  private void heard(String line) {
    transcript.append("← ").append(line).append('\n');
  }

  /** Ids by number, in the order of their appearance; times are all the same. */
  private String normalised(String text) {
    var named =
        ID.matcher(text)
            .replaceAll(id ->
                ids.computeIfAbsent(id.group(), _ -> id.group(1) + "_" + (1 + count(id.group(1)))));
    return TIME.matcher(named).replaceAll("$11750000000");
  }

  private long count(String kind) {
    return ids.values().stream().filter(id -> id.startsWith(kind)).count();
  }
}
