package dev.sluice.systemtests;

import static dev.sluice.systemtests.TestingSystem.JSON;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.localstack.Part;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What hostile, broken and late clients do to a socket, at an api that allows little. */
class SocketHardeningTest {
  private static final int MOST_OF_ONE_USER = 3;
  private static final int MOST = 5;

  @TempDir static Path accessLogs;
  private static Part api;

  private final Simulator simulator = TestingSystem.simulator();

  @BeforeAll
  static void start() {
    TestingSystem.otherUrl(); // for others the second api is an ordinary one
    api =
        TestingSystem.stack()
            .addApi(
                Map.ofEntries(
                    Map.entry("SLUICE_IDENTITY_CLOCKSKEW", "0s"),
                    Map.entry("SLUICE_SOCKET_MAXSOCKETS", Integer.toString(MOST)),
                    Map.entry(
                        "SLUICE_SOCKET_MAXSOCKETSPERUSER", Integer.toString(MOST_OF_ONE_USER)),
                    Map.entry("SLUICE_SOCKET_MAXFRAMESPERSECOND", "1"),
                    Map.entry("SLUICE_SOCKET_FRAMEBURST", "40"),
                    Map.entry("SLUICE_SOCKET_OUTBOUNDBUFFER", "65536"),
                    Map.entry("SLUICE_SOCKET_SLOWREADERGRACE", "2s"),
                    Map.entry("SLUICE_SOCKET_PINGEVERY", "2s"),
                    Map.entry("SERVER_FORWARD_HEADERS_STRATEGY", "native"),
                    Map.entry("SERVER_TOMCAT_ACCESSLOG_ENABLED", "true"),
                    Map.entry("SERVER_TOMCAT_ACCESSLOG_DIRECTORY", accessLogs.toString())));
  }

  @AfterAll
  static void stop() {
    api.stop();
  }

  @BeforeEach
  void allAreGone() {
    simulator.behave();
    await().atMost(ofSeconds(20)).until(() -> metric("sluice_sockets_open") == 0);
  }

  @Test
  void a_browser_offers_its_token_as_a_subprotocol_and_hears_only_the_other() {
    var token = TestingSystem.token("user1");
    try (var socket =
        RawSocket.open(
            api.url(), "Sec-WebSocket-Protocol: responses, openai-insecure-api-key." + token)) {
      assertThat(socket.status()).isEqualTo(101);
      assertThat(socket.header("sec-websocket-protocol")).isEqualTo("responses");
      assertThat(socket.head()).doesNotContain(token);
    }
  }

  @Test
  void a_page_gets_a_socket_if_its_origin_is_this_one_or_allowed() throws IOException {
    for (var origin : List.of(api.url(), TestingSystem.url()))
      try (var socket = RawSocket.open(api.url(), bearer("user1") + "\nOrigin: " + origin)) {
        assertThat(socket.status()).as(origin).isEqualTo(101);
      }
    for (var origin : List.of("https://elsewhere.example", "null", api.url() + ".example"))
      try (var socket = RawSocket.open(api.url(), bearer("user1") + "\nOrigin: " + origin)) {
        assertThat(socket.status()).as(origin).isEqualTo(403);
        assertThat(code(socket.body())).isEqualTo("origin_not_allowed");
      }
  }

  @Test
  void behind_a_proxy_that_says_so_the_page_is_of_the_same_origin() {
    var forwarded = "\nX-Forwarded-Proto: https\nX-Forwarded-Host: chat.example";
    var origin = "\nOrigin: https://chat.example";
    try (var said = RawSocket.open(api.url(), bearer("user1") + forwarded + origin);
        var unsaid = RawSocket.open(api.url(), bearer("user1") + origin)) {
      assertThat(said.status()).isEqualTo(101);
      assertThat(unsaid.status()).isEqualTo(403);
    }
  }

  @Test
  void an_idle_socket_ends_with_its_token() {
    try (var client = ChatClient.at(api.url(), shortToken(2))) {
      await().atMost(ofSeconds(20)).until(() -> client.closeCode() == 4001);
      assertThat(code(client.frames().getLast())).isEqualTo("token_expired");
      assertThat(metric("sluice_sockets_closed_total", "reason=\"token_expired\"")).isPositive();
    }
  }

  @Test
  void a_response_in_flight_outlives_the_token_and_a_new_one_is_refused() {
    simulator.latency(50, 200);
    try (var client = ChatClient.at(api.url(), shortToken(4))) {
      client.ask("running", "A story that takes eight seconds [[tokens=40]]");
      await()
          .atMost(ofSeconds(20))
          .pollInterval(ofMillis(500)) // not so often that it is a flood
          .until(() -> refusedForExpiry(client));
      assertThat(client.closeCode()).isEqualTo(-1);
      assertThat(client.awaitEnd("running").path("type").asString())
          .isEqualTo("response.completed");
      await().atMost(ofSeconds(20)).until(() -> client.closeCode() == 4001);
      var last = client.frames().getLast();
      assertThat(code(last)).isEqualTo("token_expired");
      assertThat(last.has("stream_id")).isFalse();
    }
  }

  /** Asks for more until the answer is that it is too late. */
  private static boolean refusedForExpiry(ChatClient client) {
    client.send(
        "{\"type\":\"response.create\",\"stream_id\":\"late\",\"model\":\"nobody\",\"input\":\"hi\"}");
    return client.events("late").stream().anyMatch(event -> code(event).equals("token_expired"));
  }

  @Test
  void a_client_that_answers_no_ping_is_closed() throws IOException {
    try (var socket = RawSocket.open(api.url(), bearer("user1"))) {
      assertThat(socket.next().opcode()).isEqualTo(RawSocket.PING);
      assertThat(socket.next(RawSocket.CLOSE).closeCode()).isEqualTo(4002);
    }
  }

  @Test
  void a_client_that_answers_pings_stays() throws IOException {
    try (var socket = RawSocket.open(api.url(), bearer("user1"))) {
      for (int i = 0; i < 3; i++) {
        var ping = socket.next();
        assertThat(ping.opcode()).isEqualTo(RawSocket.PING);
        socket.pong(ping.payload());
      }
    }
  }

  @Test
  void a_user_has_so_many_sockets_and_gets_another_when_one_is_closed() throws IOException {
    var open = new ArrayList<RawSocket>();
    try {
      for (int i = 0; i < MOST_OF_ONE_USER; i++) open.add(opened("user1"));
      try (var refused = RawSocket.open(api.url(), bearer("user1"))) {
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("retry-after")).isNotBlank();
        assertThat(code(refused.body())).isEqualTo("too_many_connections");
      }
      open.removeLast().close();
      await()
          .atMost(ofSeconds(10))
          .until(() -> {
            var next = RawSocket.open(api.url(), bearer("user1"));
            open.add(next);
            return next.status() == 101;
          });
    } finally {
      open.forEach(RawSocket::close);
    }
  }

  @Test
  void an_instance_has_so_many_sockets() throws IOException {
    var open = new ArrayList<RawSocket>();
    try {
      for (int i = 0; i < MOST_OF_ONE_USER; i++) open.add(opened("user1"));
      for (int i = 0; i < MOST - MOST_OF_ONE_USER; i++) open.add(opened("user2"));
      try (var refused = RawSocket.open(api.url(), bearer("ops"))) {
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.header("retry-after")).isNotBlank();
        assertThat(code(refused.body())).isEqualTo("service_unavailable");
      }
      assertThat(metric("sluice_sockets_refused_total", "code=\"service_unavailable\""))
          .isPositive();
    } finally {
      open.forEach(RawSocket::close);
    }
  }

  @Test
  void a_request_that_is_no_upgrade_takes_no_place() {
    for (int i = 0; i < 2 * MOST; i++)
      assertThat(
              TestingSystem.get(
                      api.url() + "/v1/responses",
                      "Authorization",
                      "Bearer " + TestingSystem.token("user1"))
                  .statusCode())
          .isEqualTo(404);
    assertThat(metric("sluice_sockets_open")).isZero();
  }

  @Test
  void a_flood_of_frames_is_told_and_closed() throws IOException {
    try (var socket = opened("user1")) {
      for (int i = 0; i < 60; i++) socket.text("{}");
      assertFlooded(socket);
    }
  }

  @Test
  void a_message_of_crumbs_is_a_flood_too() throws IOException {
    try (var socket = opened("user1")) {
      for (int i = 0; i < 60; i++) socket.fragment(i == 0, false, "");
      assertFlooded(socket);
    }
  }

  private static void assertFlooded(RawSocket socket) throws IOException {
    var last = "";
    var frame = socket.next();
    for (; frame.opcode() != RawSocket.CLOSE; frame = socket.next())
      if (frame.opcode() == RawSocket.TEXT) last = frame.text();
    assertThat(frame.closeCode()).isEqualTo(4029);
    assertThat(code(last)).isEqualTo("too_many_frames");
  }

  @Test
  void a_message_in_large_fragments_is_no_flood() throws IOException {
    try (var socket = opened("user1")) {
      socket.fragment(true, false, "{\"type\":\"");
      for (int i = 0; i < 100; i++) socket.fragment(false, false, "x".repeat(2_000));
      socket.fragment(false, true, "\"}");
      assertThat(code(socket.next(RawSocket.TEXT).text())).isEqualTo("unknown_event");
    }
  }

  @Test
  void a_client_that_stops_reading_is_closed_and_its_response_goes_on_and_can_be_resumed()
      throws IOException {
    double before = metric("sluice_sockets_closed_total", "reason=\"slow_reader\"");
    try (var slow = RawSocket.withSmallBuffer(api.url(), bearer("user1"));
        var other = ChatClient.at(api.url(), TestingSystem.token("user2"))) {
      simulator.latency(20, 50);
      slow.text(ChatClient.question("goes-on", "A long story [[tokens=400]]"));
      var id =
          JSON.readTree(slow.next(RawSocket.TEXT).text()).path("response").path("id").asString();
      flood(slow);
      await()
          .atMost(ofSeconds(30))
          .until(() -> metric("sluice_sockets_closed_total", "reason=\"slow_reader\"") > before);
      assertThat(hasEnded(id)).as("it goes on").isFalse();
      try (var back = ChatClient.elsewhere("user1")) {
        back.send(
            """
            {"type":"response.resume","stream_id":"back","response_id":"%s","starting_after":-1}\
            """
                .formatted(id));
        var end = back.awaitEnd("back");
        assertThat(end.path("type").asString()).isEqualTo("response.completed");
        assertThat(back.text("back")).isNotEmpty().isEqualTo(ChatClient.wholeText(end));
      }
      assertThat(answer(other).path("type").asString()).isEqualTo("response.completed");
    }
  }

  /** Whether its call is over, be it that it was cancelled. */
  private boolean hasEnded(String id) {
    return simulator.audit(id).stream()
        .anyMatch(call -> !call.path("outcome").asString().equals("admitted"));
  }

  /** Asks at once, and again where so much at the same time was too much for Kafka. */
  private static JsonNode answer(ChatClient client) {
    var streams = IntStream.iterate(0, i -> i + 1).mapToObj(i -> "s" + i).iterator();
    var taken =
        await()
            .pollDelay(ZERO)
            .pollInterval(ofSeconds(2))
            .atMost(ofSeconds(60))
            .until(() -> taken(client, streams.next()), Optional::isPresent);
    return client.awaitEnd(taken.orElseThrow());
  }

  /** The stream, unless it was refused for the moment. */
  private static Optional<String> taken(ChatClient client, String stream) {
    client.send(ChatClient.question(stream, "hello"));
    var first = client.awaitFrame(frame -> frame.path("stream_id").asString("").equals(stream));
    if (first.path("type").asString().equals("response.queued")) return Optional.of(stream);
    assertThat(code(first)).isEqualTo("service_unavailable");
    return Optional.empty();
  }

  /** Asks for more than fits all buffers on the way; what is asked comes back with the answers. */
  private static void flood(RawSocket socket) throws IOException {
    for (int i = 0; i < 16; i++) {
      var question = (ObjectNode) JSON.readTree(ChatClient.question("s" + i, "hi"));
      question.put("instructions", "word ".repeat(100_000));
      socket.text(JSON.writeValueAsString(question));
    }
  }

  @Test
  void no_access_log_has_a_token() throws IOException {
    var token = TestingSystem.token("user1");
    for (var headers :
        List.of(
            "Authorization: Bearer " + token,
            "Sec-WebSocket-Protocol: responses, openai-insecure-api-key." + token))
      try (var socket = RawSocket.open(api.url(), headers)) {
        assertThat(socket.status()).isEqualTo(101);
      }
    TestingSystem.get(api.url() + "/v1/models", "Authorization", "Bearer " + token);
    await().atMost(ofSeconds(30)).until(() -> logged().contains("GET /v1/models"));
    assertThat(logged()).contains("/v1/responses").doesNotContain(token);
    assertThat(Files.readString(api.log())).doesNotContain(token);
  }

  private static String logged() throws IOException {
    try (var files = Files.list(accessLogs)) {
      var text = new StringBuilder();
      for (var file : files.toList()) text.append(Files.readString(file));
      return text.toString();
    }
  }

  private static RawSocket opened(String account) {
    var socket = RawSocket.open(api.url(), bearer(account));
    assertThat(socket.status()).isEqualTo(101);
    return socket;
  }

  private static String bearer(String account) {
    return "Authorization: Bearer " + TestingSystem.token(account);
  }

  /** A token that is good for so many seconds. */
  private static String shortToken(int seconds) {
    var answer =
        TestingSystem.send(
            HttpRequest.newBuilder(URI.create(TestingSystem.stack().issuer().url() + "/token"))
                .POST(
                    BodyPublishers.ofString(
                        "grant_type=client_credentials&client_id=user1&expires_in=" + seconds))
                .build());
    return JSON.readTree(answer.body()).path("access_token").asString();
  }

  private static double metric(String name, String... tags) {
    return new Metrics(api.url(), TestingSystem.token("ops")).value(name, tags);
  }

  private static String code(String json) {
    return code(JSON.readTree(json));
  }

  private static String code(JsonNode frame) {
    return frame.path("error").path("code").asString("");
  }
}
