package dev.sluice.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may call what, with tokens of a real issuer; and which pages may. */
class AuthorisationTest {
  private static final String ELSEWHERE = "https://elsewhere.example";

  /** Statuses for: nobody, a token that is none, {@code user1}, {@code ops}, {@code finance}. */
  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET    | /v1/models                 | 401 | 401 | 200 | 200 | 200
          GET    | /v1/no/such/path           | 401 | 401 | 404 | 404 | 404
          GET    | /v1/responses              | 401 | 401 | 404 | 404 | 404
          GET    | /api/me                    | 401 | 401 | 200 | 200 | 200
          GET    | /api/usage/resp_unknown    | 401 | 401 | 404 | 404 | 404
          GET    | /api/ops/budget            | 401 | 401 | 403 | 200 | 403
          DELETE | /api/ops/budget/no-pool    | 401 | 401 | 403 | 404 | 403
          GET    | /api/ops/audit             | 401 | 401 | 403 | 200 | 403
          GET    | /api/ops/overview          | 401 | 401 | 403 | 200 | 403
          GET    | /api/ops/dead-letters      | 401 | 401 | 403 | 200 | 403
          DELETE | /api/ops/workers/x/concurrency | 401 | 401 | 403 | 404 | 403
          GET    | /api/finance/no-such-path  | 401 | 401 | 403 | 403 | 404
          GET    | /api/finance/rate-cards    | 401 | 401 | 403 | 403 | 200
          POST   | /api/finance/rate-cards    | 401 | 401 | 403 | 403 | 400
          GET    | /api/finance/costs         | 401 | 401 | 403 | 403 | 400
          GET    | /api/finance/requests      | 401 | 401 | 403 | 403 | 400
          GET    | /api/finance/export/usage.csv | 401 | 401 | 403 | 403 | 400
          GET    | /api/no-such-api           | 401 | 401 | 403 | 403 | 403
          GET    | /actuator/prometheus       | 401 | 401 | 403 | 200 | 403
          GET    | /actuator/health/readiness | 200 | 401 | 200 | 200 | 200
          GET    | /                          | 200 | 401 | 200 | 200 | 200
          GET    | /finance                   | 200 | 401 | 200 | 200 | 200
          GET    | /ops                       | 200 | 401 | 200 | 200 | 200
          GET    | /demo/accounts             | 200 | 401 | 200 | 200 | 200
          POST   | /                          | 401 | 401 | 403 | 403 | 403
          PUT    | /index.html                | 401 | 401 | 403 | 403 | 403
          """)
  void every_path_is_for_its_role(
      String method, String path, int nobody, int invalid, int user, int ops, int finance) {
    assertThat(status(method, path, null)).as("nobody").isEqualTo(nobody);
    assertThat(status(method, path, "nonsense")).as("no token").isEqualTo(invalid);
    assertThat(status(method, path, TestingSystem.token("user1"))).as("user1").isEqualTo(user);
    assertThat(status(method, path, TestingSystem.token("ops"))).as("ops").isEqualTo(ops);
    assertThat(status(method, path, TestingSystem.token("finance")))
        .as("finance")
        .isEqualTo(finance);
  }

  @Test
  void a_token_in_the_address_is_no_token() {
    var path = "/v1/models?access_token=" + TestingSystem.token("user1");
    assertThat(status("GET", path, null)).isEqualTo(401);
  }

  @Test
  void a_refusal_says_nothing_about_the_token() {
    var token = TestingSystem.token("user1");
    var answer = call("GET", "/v1/models", token.substring(0, token.length() - 8), Map.of());
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("www-authenticate")).hasValue("Bearer");
    assertThat(TestingSystem.error(answer).path("code").asString()).isEqualTo("invalid_token");
  }

  @Test
  void a_page_of_an_origin_that_is_not_allowed_may_not_call() {
    var answer =
        call("GET", "/v1/models", TestingSystem.token("user1"), Map.of("Origin", ELSEWHERE));
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(TestingSystem.error(answer).path("code").asString()).isEqualTo("origin_not_allowed");
    assertThat(answer.headers().firstValue("access-control-allow-origin")).isEmpty();
  }

  @Test
  void a_page_of_an_allowed_origin_may_call_once_its_browser_has_asked() {
    // The local stack allows both names of its own address; to each the other is another origin.
    var origin = TestingSystem.stack().url().orElseThrow();
    var preflight =
        call(
            "OPTIONS",
            "/v1/responses",
            null,
            Map.of(
                "Origin", origin,
                "Access-Control-Request-Method", "POST",
                "Access-Control-Request-Headers", "authorization,content-type"));
    assertThat(preflight.statusCode()).isEqualTo(200);
    assertThat(preflight.headers().firstValue("access-control-allow-origin")).hasValue(origin);
    assertThat(preflight.headers().firstValue("access-control-allow-headers"))
        .hasValueSatisfying(headers -> assertThat(headers).contains("authorization"));
    assertThat(preflight.headers().firstValue("access-control-allow-credentials")).isEmpty();
    var answer = call("GET", "/v1/models", TestingSystem.token("user1"), Map.of("Origin", origin));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("access-control-allow-origin")).hasValue(origin);
  }

  @Test
  void a_page_of_the_same_origin_may_always_call() {
    var answer =
        call(
            "GET",
            "/v1/models",
            TestingSystem.token("user1"),
            Map.of("Origin", TestingSystem.url()));
    assertThat(answer.statusCode()).isEqualTo(200);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({"GET,/", "HEAD,/", "HEAD,/index.html"})
  void pages_are_told_what_they_may_do(String method, String path) {
    var headers = call(method, path, null, Map.of()).headers();
    assertThat(headers.firstValue("cache-control")).hasValue("no-cache");
    assertThat(headers.firstValue("content-security-policy"))
        .hasValueSatisfying(policy ->
            assertThat(policy)
                .contains("default-src 'self'", "object-src 'none'", "frame-ancestors 'none'")
                .doesNotContain("unsafe"));
    assertThat(headers.firstValue("x-content-type-options")).hasValue("nosniff");
    assertThat(headers.firstValue("x-frame-options")).hasValue("DENY");
    assertThat(headers.firstValue("referrer-policy")).hasValue("no-referrer");
    assertThat(headers.firstValue("cross-origin-opener-policy")).hasValue("same-origin");
    assertThat(headers.firstValue("permissions-policy")).isPresent();
  }

  @Test
  void tokens_of_before_a_restart_of_the_issuer_are_still_good() {
    var token = TestingSystem.token("user1");
    TestingSystem.stack().issuer().stop();
    assertThat(status("GET", "/v1/models", token)).isEqualTo(200);
    TestingSystem.stack().issuer().start();
    assertThat(status("GET", "/v1/models", token)).isEqualTo(200);
    assertThat(status("GET", "/v1/models", TestingSystem.token("user1"))).isEqualTo(200);
  }

  @Test
  void an_api_whose_issuer_is_away_says_so_and_recovers() {
    var issuer = TestingSystem.stack().issuer();
    var token = TestingSystem.token("user1");
    issuer.stop();
    // One that has never seen the keys
    var api = TestingSystem.stack().addApi();
    try {
      var answer = TestingSystem.get(api.url() + "/v1/models", "Authorization", "Bearer " + token);
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("retry-after")).isPresent();
      assertThat(TestingSystem.error(answer).path("code").asString())
          .isEqualTo("service_unavailable");
      assertThat(answer.body()).contains("issuer does not answer");
      issuer.start();
      await()
          .until(() ->
              TestingSystem.get(api.url() + "/v1/models", "Authorization", "Bearer " + token)
                      .statusCode()
                  == 200);
    } finally {
      api.stop();
    }
  }

  @Test
  void no_log_has_a_token() throws IOException {
    var good = TestingSystem.token("user1");
    call("GET", "/v1/models", good, Map.of());
    call("GET", "/v1/models?access_token=" + good, null, Map.of());
    call("GET", "/v1/models", good + "x", Map.of());
    call("GET", "/api/ops/budget", good, Map.of());
    call("GET", "/v1/models", good, Map.of("Origin", ELSEWHERE));
    try (var client = ChatClient.of("user1")) {
      client.send("nonsense");
      client.awaitType("error");
    }
    var signed = good.substring(0, good.lastIndexOf('.'));
    try (var logs = Files.list(TestingSystem.stack().dataFolder().resolve("logs"))) {
      for (var log : logs.toList())
        assertThat(Files.readString(log))
            .as(log.toString())
            .doesNotContain(signed)
            .doesNotContain("Bearer ey")
            .doesNotContain("openai-insecure-api-key");
    }
  }

  private static int status(String method, String path, @Nullable String token) {
    return call(method, path, token, Map.of()).statusCode();
  }

  private static HttpResponse<String> call(
      String method, String path, @Nullable String token, Map<String, String> headers) {
    var request =
        HttpRequest.newBuilder(URI.create(TestingSystem.url() + path))
            .method(method, BodyPublishers.noBody());
    if (token != null) request.header("Authorization", "Bearer " + token);
    headers.forEach(request::header);
    return TestingSystem.send(request.build());
  }
}
