package dev.sluice.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What a client can get wrong: each mistake is told, costs nothing, and leaves the socket open. */
class BadInputTest {
  @BeforeEach
  void behave() {
    TestingSystem.simulator().behave();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          this is not JSON                                                       | 400 | invalid_json |
          ["response.create"]                                                    | 400 | invalid_json |
          {"type":"response.create","type":"response.cancel"}                    | 400 | invalid_json |
          {}                                                                     | 400 | unknown_event | type
          {"type":"session.update"}                                              | 400 | unknown_event | type
          {"type":"response.create","input":"hi"}                                | 400 | missing_required_parameter | model
          {"type":"response.create","model":"gpt-4o-mini"}                       | 400 | missing_required_parameter | input
          {"type":"response.create","model":"gpt-4o-mini","input":""}            | 400 | empty_input | input
          {"type":"response.create","model":"gpt-4o-mini","input":[]}            | 400 | empty_input | input
          {"type":"response.create","model":"gpt-4o-mini","input":42}            | 400 | invalid_type | input
          {"type":"response.create","model":["gpt-4o-mini"],"input":"hi"}        | 400 | invalid_type | model
          {"type":"response.create","model":"gpt-nobody","input":"hi"}           | 404 | model_not_found | model
          {"type":"response.create","model":"gpt-4o","input":"hi","max_output_tokens":40000000} | 400 | context_length_exceeded | input
          {"type":"response.create","model":"gpt-4o","input":"hi","stream_id":"a b"} | 400 | invalid_value | stream_id
          {"type":"response.cancel"}                                             | 400 | missing_required_parameter | response_id
          {"type":"response.cancel","response_id":"resp_unknown"}                | 404 | response_not_found | response_id
          """)
  void a_mistake_is_told_and_the_socket_stays_open(
      String frame, int status, String code, String param) {
    try (var client = ChatClient.of("user1")) {
      client.send(frame);
      var answer = client.awaitType("error");
      assertThat(answer.path("status").asInt()).isEqualTo(status);
      assertThat(answer.path("error").path("code").asString()).isEqualTo(code);
      assertThat(answer.path("error").path("param").asString(null)).isEqualTo(param);
      assertThat(answer.path("error").path("message").asString()).endsWith(".");
      client.ask("still-open", "hello");
      assertThat(client.awaitEnd("still-open").path("type").asString())
          .isEqualTo("response.completed");
    }
  }

  @Test
  void two_megabytes_are_refused_unread() {
    try (var client = ChatClient.of("user1")) {
      client.send(ChatClient.question("s", "x".repeat(2_000_000)));
      assertThat(code(client.awaitType("error"))).isEqualTo("request_too_large");
      client.ask("still-open", "hello");
      client.awaitEnd("still-open");
    }
  }

  @Test
  void a_request_that_fills_the_models_context_is_answered() {
    try (var client = ChatClient.of("user1")) {
      client.ask("s", "word ".repeat(90_000));
      assertThat(client.awaitEnd("s").path("type").asString()).isEqualTo("response.completed");
    }
  }

  @Test
  void somebody_elses_response_cannot_be_cancelled() {
    try (var owner = ChatClient.of("user1");
        var other = ChatClient.of("user2")) {
      TestingSystem.simulator().latency(300, 5);
      var id = owner.ask("s", "hello");
      other.send("{\"type\":\"response.cancel\",\"response_id\":\"" + id + "\"}");
      assertThat(code(other.awaitType("error"))).isEqualTo("response_not_found");
      assertThat(owner.awaitEnd("s").path("type").asString()).isEqualTo("response.completed");
    }
  }

  @Test
  void a_connection_has_a_bounded_number_of_stream_ids() {
    try (var client = ChatClient.of("user1")) {
      for (int i = 0; i < 33; i++)
        client.send(
            "{\"type\":\"response.create\",\"stream_id\":\"s%d\",\"model\":\"nobody\",\"input\":\"hi\"}"
                .formatted(i));
      var refusal = client.awaitFrame(frame -> frame.path("stream_id").asString("").equals("s32"));
      assertThat(code(refusal)).isEqualTo("websocket_stream_limit_reached");
    }
  }

  @Test
  void a_binary_frame_closes_the_socket_with_its_code() {
    try (var client = ChatClient.of("user1")) {
      client.socket().sendBinary(ByteBuffer.wrap(new byte[] {1, 2, 3}), true).join();
      await().atMost(Duration.ofSeconds(10)).until(() -> client.closeCode() == 1003);
    }
  }

  @Test
  void nobody_gets_in_without_a_token() {
    assertThat(statusOf(List.of())).isEqualTo(401);
    assertThat(statusOf(List.of("Authorization", "Bearer nonsense"))).isEqualTo(401);
    var answer = TestingSystem.get(TestingSystem.url() + "/v1/models");
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(TestingSystem.error(answer).path("code").asString()).isEqualTo("invalid_token");
  }

  @Test
  void a_page_of_another_origin_gets_no_socket() {
    var token = "Bearer " + TestingSystem.token("user1");
    assertThat(statusOf(List.of("Authorization", token, "Origin", "https://evil.example")))
        .isEqualTo(403);
  }

  @Test
  void metrics_are_for_operators() {
    var url = TestingSystem.url() + "/actuator/prometheus";
    var user = TestingSystem.get(url, "Authorization", "Bearer " + TestingSystem.token("user1"));
    assertThat(user.statusCode()).isEqualTo(403);
    var operator = TestingSystem.get(url, "Authorization", "Bearer " + TestingSystem.token("ops"));
    assertThat(operator.statusCode()).isEqualTo(200);
  }

  @Test
  void an_unknown_path_is_an_error_in_the_same_shape() {
    var answer = TestingSystem.get(TestingSystem.url() + "/no/such/thing");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(TestingSystem.error(answer).path("code").asString()).isEqualTo("not_found");
  }

  private static String code(JsonNode frame) {
    return frame.path("error").path("code").asString();
  }

  /** HTTP status of a refused upgrade. */
  private static int statusOf(List<String> headers) {
    var builder = HttpClient.newHttpClient().newWebSocketBuilder();
    for (int i = 0; i < headers.size(); i += 2) builder.header(headers.get(i), headers.get(i + 1));
    var uri = URI.create(TestingSystem.url().replace("http:", "ws:") + "/v1/responses");
    var status = new int[1];
    assertThatThrownBy(() -> builder.buildAsync(uri, new WebSocket.Listener() {}).join())
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            java.net.http.WebSocketHandshakeException.class,
            refused -> status[0] = refused.getResponse().statusCode());
    return status[0];
  }
}
