package dev.sluice.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.systemtests.SpanReceiver.Received;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One trace spans both services, and begins where the client's does. */
class TracesTest {
  private static final String PROMPT = "A prompt that is nobody's business";

  private final String trace = random(16);
  private final String client = random(8);

  @BeforeEach
  void behave() {
    TestingSystem.simulator().behave();
  }

  @Test
  void a_trace_goes_from_the_socket_through_queue_and_model_and_back() {
    try (var socket = ChatClient.traced("user1", traceparent())) {
      var id = socket.ask("s", PROMPT);
      socket.awaitEnd("s");
      var spans = awaitSpan("response");
      var request = one(spans, "request");
      assertThat(path(spans, "delivery"))
          .containsExactly("delivery", "relay", "request", "enqueue", "response", upgrade(spans));
      assertThat(path(spans, "attempt")).startsWith("attempt", "request", "enqueue");
      assertThat(path(spans, "lease")).startsWith("lease", "request");
      assertThat(path(spans, "budget")).startsWith("budget", "request");
      assertThat(path(spans, "queue")).startsWith("queue", "enqueue", "response");
      assertThat(path(spans, "admission")).startsWith("admission", "response");
      assertThat(one(spans, upgrade(spans)).parent()).isEqualTo(client);
      assertThat(request.service()).isEqualTo("worker-service");
      assertThat(one(spans, "response").service()).isEqualTo("api-service");
      assertThat(request.attributes()).containsEntry("sluice.request_id", id);
      assertThat(spans.toString()).doesNotContain(PROMPT).doesNotContain("user1");
    }
  }

  @Test
  void over_http_a_failed_attempt_tells_its_code() {
    TestingSystem.simulator().faults("{\"kind\":\"overloaded\",\"times\":1}");
    var response =
        TestingSystem.send(
            HttpRequest.newBuilder(URI.create(TestingSystem.url() + "/v1/responses"))
                .header("Authorization", "Bearer " + TestingSystem.token("user1"))
                .header("Content-Type", "application/json")
                .header("traceparent", traceparent())
                .POST(BodyPublishers.ofString("{\"model\":\"gpt-4o-mini\",\"input\":\"hi\"}"))
                .build());
    assertThat(response.statusCode()).isEqualTo(200);
    var spans = awaitSpan("http post /v1/responses");
    assertThat(path(spans, "delivery")).endsWith("response", "http post /v1/responses");
    assertThat(one(spans, "http post /v1/responses").parent()).isEqualTo(client);
    var attempts = spans.stream().filter(span -> span.name().equals("attempt")).toList();
    assertThat(attempts).hasSize(2);
    assertThat(attempts)
        .anyMatch(attempt -> attempt.attributes().containsKey("error.type"))
        .anyMatch(attempt -> !attempt.attributes().containsKey("error.type"));
  }

  /** Names from a span up to the topmost that is known. */
  private static List<String> path(List<Received> spans, String name) {
    var names = new java.util.ArrayList<String>();
    for (var at = java.util.Optional.of(one(spans, name)); at.isPresent(); ) {
      var span = at.get();
      names.add(span.name());
      at = spans.stream().filter(above -> above.id().equals(span.parent())).findFirst();
    }
    return names;
  }

  private static String upgrade(List<Received> spans) {
    return first(spans, span -> span.name().startsWith("http get")).name();
  }

  private static Received one(List<Received> spans, String name) {
    return first(spans, span -> span.name().equals(name));
  }

  private static Received first(List<Received> spans, Predicate<Received> wanted) {
    return spans.stream().filter(wanted).findFirst().orElseThrow();
  }

  /** The services send their spans by themselves, now and then. */
  private List<Received> awaitSpan(String last) {
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> {
          var names = TestingSystem.spans(trace).stream().map(Received::name).toList();
          return names.contains(last) && names.contains("request") && names.contains("delivery");
        });
    return TestingSystem.spans(trace);
  }

  private String traceparent() {
    return "00-%s-%s-01".formatted(trace, client);
  }

  private static String random(int bytes) {
    var id = new byte[bytes];
    ThreadLocalRandom.current().nextBytes(id);
    id[0] |= 1; // all zeroes is no id
    return HexFormat.of().formatHex(id);
  }
}
