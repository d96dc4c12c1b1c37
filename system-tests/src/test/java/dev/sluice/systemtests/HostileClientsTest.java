package dev.sluice.systemtests;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Garbage, by the ten thousand: each piece of it gets a clear error, none breaks anything, and
 * whoever else is connected does not notice.
 */
class HostileClientsTest {
  private static final int FRAMES = 6_000;
  private static final int BODIES = 2_250;
  private static final int BODIES_TO_MODEL = 60;
  private static final int AT_ONCE = 50;
  private static final List<String> NOTHING_IS_HELD =
      List.of(
          "sluice_sockets_open",
          "sluice_replies_followed",
          "sluice_replies_visits",
          "sluice_responses_shared",
          "sluice_lanes_watched");

  private final HttpCaller user = HttpCaller.of("user1");
  private ChatClient bystander;
  private long logBefore;

  @BeforeEach
  void somebodyIsBeingAnswered() throws IOException {
    TestingSystem.simulator().behave();
    TestingSystem.simulator().latency(20, 20);
    logBefore = Files.size(TestingSystem.stack().api(1).log());
    bystander = ChatClient.of("user2");
    bystander.ask("before", "A story, please [[tokens=100]]");
  }

  @AfterEach
  void nobodyElseHasNoticed() throws IOException {
    try (var client = bystander) {
      var end = client.awaitEnd("before");
      assertThat(client.text("before")).isEqualTo(ChatClient.wholeText(end));
      client.ask("after", "And another one");
      assertThat(client.awaitEnd("after").path("type").asString()).isEqualTo("response.completed");
    }
    var log = Files.readString(TestingSystem.stack().api(1).log()).substring((int) logBefore);
    assertThat(log).doesNotContain("unforeseen way").doesNotContain("Exception");
    for (var held : NOTHING_IS_HELD)
      await(held).atMost(Duration.ofSeconds(20)).until(() -> Metrics.ofApi().value(held) == 0);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2})
  void every_hostile_frame_is_answered_by_one_error(long seed) {
    var input = new HostileInput(seed);
    try (var client = ChatClient.of("user1")) {
      for (int sent = 0; sent < FRAMES; sent += AT_ONCE) {
        client.forget();
        for (int i = 0; i < AT_ONCE; i++) send(client, input.text(), input);
        await()
            .atMost(Duration.ofSeconds(30))
            .pollInterval(Duration.ofMillis(5))
            .untilAsserted(() -> assertThat(client.frames()).hasSize(AT_ONCE));
        assertThat(client.frames())
            .allSatisfy(frame -> {
              assertThat(frame.path("type").asString()).isEqualTo("error");
              assertThat(frame.path("status").asInt()).isBetween(400, 499);
              assertThat(frame.path("error").path("message").asString()).isNotBlank();
            });
      }
      assertThat(client.closeCode()).isEqualTo(-1);
    }
  }

  private static void send(ChatClient client, String text, HostileInput input) {
    int cut = text.length() < 2 || input.upTo(3) > 0 ? 0 : 1 + input.upTo(text.length() - 1);
    if (cut > 0 && !Character.isLowSurrogate(text.charAt(cut)))
      client.socket().sendText(text.substring(0, cut), false).join();
    else cut = 0;
    client.socket().sendText(text.substring(cut), true).join();
  }

  @Test
  void every_hostile_body_is_refused_with_a_clear_error() {
    try (var senders = Executors.newFixedThreadPool(2)) {
      LongStream.rangeClosed(3, 6)
          .mapToObj(seed -> CompletableFuture.runAsync(() -> sendHostileBodies(seed), senders))
          .toList()
          .forEach(CompletableFuture::join);
    }
  }

  private void sendHostileBodies(long seed) {
    var input = new HostileInput(seed);
    for (int i = 0; i < BODIES; i++) {
      var path = input.upTo(2) == 0 ? "/v1/responses" : "/v1/chat/completions";
      var body = input.bytes();
      var answer =
          TestingSystem.send(user.request(path).POST(BodyPublishers.ofByteArray(body)).build());
      assertThat(answer)
          .as(() -> "seed %d, body %s".formatted(seed, new String(body, US_ASCII)))
          .satisfies(
              refusal -> assertThat(refusal.statusCode()).isBetween(400, 499),
              refusal ->
                  assertThat(TestingSystem.error(refusal).path("message").asString()).isNotBlank());
    }
  }

  /** What is right by chance is answered; the provider may have its own mind about it. */
  @Test
  void what_asks_for_a_model_that_exists_breaks_nothing_either() {
    TestingSystem.simulator().latency(1, 0);
    try (var senders = Executors.newFixedThreadPool(8)) {
      var outcomes =
          LongStream.rangeClosed(7, 14)
              .mapToObj(seed ->
                  CompletableFuture.supplyAsync(() -> sendToModel("gpt-4o-mini", seed), senders))
              .toList()
              .stream()
              .flatMap(each -> each.join().stream())
              .toList();
      assertThat(outcomes).contains(200, 400);
    }
  }

  private List<Integer> sendToModel(String model, long seed) {
    var input = HostileInput.ofModel(model, seed);
    var outcomes = new ArrayList<Integer>();
    for (int i = 0; i < BODIES_TO_MODEL; i++) {
      var path = input.upTo(2) == 0 ? "/v1/responses" : "/v1/chat/completions";
      var body = input.bytes();
      var answer =
          TestingSystem.send(user.request(path).POST(BodyPublishers.ofByteArray(body)).build());
      assertThat(answer.statusCode())
          .as(() ->
              "seed %d, %s %s: %s".formatted(seed, path, new String(body, US_ASCII), answer.body()))
          .isBetween(200, 499);
      outcomes.add(answer.statusCode());
    }
    return outcomes;
  }

  @Test
  void every_hostile_address_is_refused() {
    var input = new HostileInput(5);
    for (int i = 0; i < 1_000; i++) {
      var path = input.path();
      HttpResponse<String> answer =
          switch (input.upTo(3)) {
            case 0 -> user.delete(path);
            case 1 -> user.post(path.replaceFirst("\\?.*", "") + "/cancel", "");
            default -> user.get(path);
          };
      assertThat(answer.statusCode()).as(path).isBetween(400, 499);
    }
  }

  @Test
  void bytes_that_are_no_text_close_their_own_socket_alone() {
    IntStream.range(0, 50)
        .forEach(i ->
            assertThat(closeCodeFor(new byte[] {'"', (byte) (0x80 + i), '"'})).isEqualTo(1007));
  }

  @Test
  void two_megabytes_are_refused_and_the_socket_stays() {
    try (var client = ChatClient.of("user1")) {
      for (int i = 0; i < 5; i++) {
        client.forget();
        client.send("\"" + "x".repeat(2_000_000));
        var error = client.awaitType("error").path("error");
        assertThat(error.path("code").asString()).isEqualTo("request_too_large");
      }
    }
  }

  /** Sends one text frame that Java's own client would not, and waits to be closed. */
  private int closeCodeFor(byte[] payload) {
    var address = URI.create(user.url());
    try (var socket = new Socket(address.getHost(), address.getPort())) {
      socket.setSoTimeout(10_000);
      var out = socket.getOutputStream();
      out.write(
          ("GET /v1/responses HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                  + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                  + "Authorization: Bearer %s\r\n\r\n")
              .formatted(address.getAuthority(), user.token())
              .getBytes(US_ASCII));
      var in = new DataInputStream(socket.getInputStream());
      skipHeaders(in);
      // RFC 6455 §5.2: final text frame, masked with zeroes
      out.write(new byte[] {(byte) 0x81, (byte) (0x80 | payload.length), 0, 0, 0, 0});
      out.write(payload);
      while (true) {
        int opcode = in.readUnsignedByte() & 0x0F;
        int length = in.readUnsignedByte();
        if (length == 126) length = in.readUnsignedShort();
        if (opcode == 8) return in.readUnsignedShort();
        in.skipNBytes(length);
      }
    } catch (IOException broken) {
      throw new java.io.UncheckedIOException(broken);
    }
  }

  private static void skipHeaders(DataInputStream in) throws IOException {
    int line = 0;
    while (true) {
      int read = in.readUnsignedByte();
      if (read == '\n' && line == 0) return;
      if (read == '\n') line = 0;
      else if (read != '\r') line++;
    }
  }
}
