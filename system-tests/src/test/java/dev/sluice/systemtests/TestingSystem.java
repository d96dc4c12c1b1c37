package dev.sluice.systemtests;

import dev.sluice.localstack.LocalStack;
import dev.sluice.localstack.StackOptions;
import dev.sluice.localstack.program.PartKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole system, started once for all tests, impatient enough that faults take seconds. */
final class TestingSystem {
  static final JsonMapper JSON = new JsonMapper();

  private static final Map<String, String> IMPATIENT_WORKER =
      Map.of(
          "SLUICE_MODEL_FIRSTTOKENTIMEOUT", "5s",
          "SLUICE_MODEL_BETWEENTOKENSTIMEOUT", "5s",
          "SLUICE_MODEL_BACKOFF", "20ms",
          "SLUICE_MODEL_MAXATTEMPTS", "3",
          "SLUICE_MODEL_RETRYSHARE", "10",
          "SLUICE_BUDGETSCHEDULE_PROBEEVERY", "1s",
          "SLUICE_LEASE_TTL", "3s",
          "SLUICE_LEASE_RENEWEVERY", "500ms",
          "SLUICE_INTAKE_DRAIN", "5s");

  private static final Map<String, String> IMPATIENT_API =
      Map.of(
          "SLUICE_SOCKET_DISCONNECTGRACE", "3s",
          "SLUICE_HTTP_DISCONNECTGRACE", "3s",
          "SLUICE_IDENTITY_CLOCKSKEW", "3s", // so much longer than it says a token is good
          // All tests share a few accounts; one of them has a limit that a test can reach.
          "SLUICE_ADMISSION_USERLIMIT_REQUESTS", "1000000",
          "SLUICE_ADMISSION_ROLELIMITS_FINANCE_REQUESTS", "3",
          "SLUICE_ADMISSION_ROLELIMITS_FINANCE_PER", "10m",
          "SLUICE_ADMISSION_MAXQUEUED", "10000",
          "SLUICE_SOCKET_FRAMEBURST", "100000",
          "SLUICE_SOCKET_MAXFRAMESPERSECOND", "100000");

  private static final SpanReceiver SPANS = SpanReceiver.start();
  private static final LocalStack STACK = start();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  static {
    warmUp();
  }

  private TestingSystem() {}

  static LocalStack stack() {
    return STACK;
  }

  /** {@code http://127.0.0.1:PORT} of the first api. */
  static String url() {
    return STACK.api(1).url();
  }

  /** The same of a second api, which is started when it is first asked for. */
  static synchronized String otherUrl() {
    if (STACK.parts(PartKind.API).size() < 2) STACK.addApi();
    return STACK.api(2).url();
  }

  static Simulator simulator() {
    return new Simulator(STACK.simulator().url());
  }

  /** What both services have told of a trace; they tell of those alone that a client begins. */
  static List<SpanReceiver.Received> spans(String trace) {
    return SPANS.spans(trace);
  }

  static Ledger ledger() {
    return new Ledger(STACK.postgres());
  }

  /** An access token of a demo account. */
  static String token(String account) {
    var answer = post(url() + "/demo/tokens", "{\"account\":\"%s\"}".formatted(account));
    return JSON.readTree(answer.body()).path("access_token").asString();
  }

  static HttpResponse<String> get(String url, String... headers) {
    var request = HttpRequest.newBuilder(URI.create(url));
    if (headers.length > 0) request.headers(headers);
    return send(request.build());
  }

  static HttpResponse<String> post(String url, String body) {
    return send(
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build());
  }

  static HttpResponse<String> send(HttpRequest request) {
    return send(request, BodyHandlers.ofString());
  }

  static <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> body) {
    try {
      return HTTP.send(request, body);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  /** Errors in OpenAI's shape. */
  static JsonNode error(HttpResponse<String> response) {
    return JSON.readTree(response.body()).path("error");
  }

  /** Where the tests leave what a person may want to look at. */
  static Path output() {
    try {
      return Files.createDirectories(Path.of("target", "test-output"));
    } catch (IOException noFolder) {
      throw new UncheckedIOException(noFolder);
    }
  }

  /** The first answer of JVMs that have just started can take longer than these are patient. */
  private static void warmUp() {
    var caller = HttpCaller.of("user2");
    int status = 0;
    for (int attempt = 0; attempt < 5 && status != 200; attempt++)
      status =
          caller.post("/v1/responses", HttpCaller.question("Is it warm? " + attempt)).statusCode();
    if (status != 200) throw new IllegalStateException("no answer from a new stack: " + status);
  }

  private static Map<String, String> tracing() {
    return Map.of(
        "SLUICE_TRACING_ENDPOINT", SPANS.url(),
        "SLUICE_TRACING_SAMPLING", "0",
        "MANAGEMENT_OPENTELEMETRY_TRACING_EXPORT_SCHEDULE_DELAY", "200ms");
  }

  private static LocalStack start() {
    var options = StackOptions.forTests().tier("tier-5");
    for (var kind : List.of(PartKind.WORKER, PartKind.API))
      tracing().forEach((key, value) -> options.environment(kind, key, value));
    IMPATIENT_WORKER.forEach((key, value) -> options.environment(PartKind.WORKER, key, value));
    IMPATIENT_API.forEach((key, value) -> options.environment(PartKind.API, key, value));
    return LocalStack.start(options.build());
  }
}
