package dev.sluice.simulator;

import static dev.sluice.simulator.TestingClient.json;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The limits as a client sees them, with time standing still. */
class LimitsTest {
  private final AtomicLong nanos = new AtomicLong();
  private final OpenAiSimulator simulator =
      OpenAiSimulator.start(
          SimulatorOptions.defaults()
              .withLatency(0, 0, 0)
              .withTime(InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z")), nanos::get));
  private final TestingClient client = new TestingClient(simulator);

  @AfterEach
  void stop() {
    client.close();
    simulator.close();
  }

  @Test
  void a_429_states_limit_use_request_and_the_exact_wait() {
    ask("gpt-4o", 14_567);

    var response = ask("gpt-4o", 24_754);

    assertThat(response.statusCode()).isEqualTo(429);
    var error = json(response).path("error");
    assertThat(error.path("message").asString())
        .isEqualTo(
            "Rate limit reached for gpt-4o in organization org-sluicesimulator0000000 on tokens per"
                + " min (TPM): Limit 30000, Used 14567, Requested 24754. Please try again in"
                + " 18.642s. Visit https://platform.openai.com/account/rate-limits to learn more.");
    assertThat(error.path("type").asString()).isEqualTo("tokens");
    assertThat(error.path("code").asString()).isEqualTo("rate_limit_exceeded");
    assertHeader(response, "retry-after-ms", "18642");
    assertHeader(response, "retry-after", "19");
  }

  @Test
  void who_waits_as_told_is_served_and_a_millisecond_earlier_is_not() {
    ask("gpt-4o", 14_567);

    nanos.set(MILLISECONDS.toNanos(18_641));
    assertThat(ask("gpt-4o", 24_754).statusCode()).isEqualTo(429);
    nanos.set(MILLISECONDS.toNanos(18_642));
    assertThat(ask("gpt-4o", 24_754).statusCode()).isEqualTo(200);
  }

  @Test
  void every_answer_tells_limit_remaining_and_time_until_full() {
    var response = ask("gpt-4o-mini", 20_000);

    assertHeader(response, "x-ratelimit-limit-requests", "500");
    assertHeader(response, "x-ratelimit-remaining-requests", "499");
    assertHeader(response, "x-ratelimit-reset-requests", "120ms");
    assertHeader(response, "x-ratelimit-limit-tokens", "200000");
    assertHeader(response, "x-ratelimit-remaining-tokens", "180000");
    assertHeader(response, "x-ratelimit-reset-tokens", "6s");
  }

  @Test
  void dated_snapshots_share_their_familys_pool() {
    ask("gpt-4o-2024-08-06", 20_000);

    assertThat(ask("gpt-4o", 20_000).statusCode()).isEqualTo(429);
    assertThat(ask("gpt-4o-mini", 20_000).statusCode()).isEqualTo(200);
  }

  @Test
  void what_can_never_fit_is_too_large_and_has_no_retry_after() {
    var response = ask("gpt-4o", 36_055);

    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(json(response).at("/error/message").asString())
        .startsWith("Request too large for gpt-4o in organization")
        .contains("Limit 30000, Requested 36055.");
    assertThat(response.headers().firstValue("retry-after")).isEmpty();
  }

  @Test
  void the_larger_of_output_limit_and_input_estimate_is_charged() {
    simulator.setLimits("{\"gpt-4o\":{\"tpm\":1000}}");
    var input = "abcd".repeat(600);

    var response =
        client.responses(
            "{\"model\":\"gpt-4o\",\"input\":\"" + input + "\",\"max_output_tokens\":16}");

    assertHeader(response, "x-ratelimit-remaining-tokens", "400");
    assertThat(client.audit().getFirst().path("charged_tokens").asInt()).isEqualTo(600);
  }

  @Test
  void unsuccessful_requests_count_against_the_minutes_requests_alone() {
    client.responses("{\"model\":\"gpt-4o\"}");
    var response = ask("gpt-4o", 1_000);

    assertHeader(response, "x-ratelimit-remaining-requests", "498");
    assertHeader(response, "x-ratelimit-remaining-tokens", "29000");
  }

  @Test
  void counting_unsuccessful_requests_can_be_switched_off() {
    simulator.setLimits("{\"count_unsuccessful\":false}");
    client.responses("{\"model\":\"gpt-4o\"}");

    assertHeader(ask("gpt-4o", 1_000), "x-ratelimit-remaining-requests", "499");
  }

  @Test
  void requests_per_minute_are_refused_as_requests() {
    simulator.setLimits("{\"gpt-4o\":{\"rpm\":3}}");
    for (int i = 0; i < 3; i++) {
      ask("gpt-4o", 16);
    }

    var response = ask("gpt-4o", 16);

    assertThat(json(response).at("/error/type").asString()).isEqualTo("requests");
    assertThat(json(response).at("/error/message").asString())
        .contains("on requests per min (RPM): Limit 3, Used 3, Requested 1.")
        .contains("try again in 20s.");
  }

  @Test
  void nothing_is_given_back_at_completion_unless_it_is_switched_on() {
    ask("gpt-4o", 20_000);
    assertHeader(ask("gpt-4o", 16), "x-ratelimit-remaining-tokens", "9984");

    simulator.setLimits("{\"refund\":true,\"gpt-4o\":{\"rpm\":499}}");
    ask("gpt-4o", 20_000);
    // 13 tokens of input, as "[[tokens=1]] x" is estimated with its overhead, and one of output
    assertHeader(ask("gpt-4o", 16), "x-ratelimit-remaining-tokens", "29972");
  }

  @ParameterizedTest
  @CsvSource({"bucket, 200", "window, 429", "quanta, 200"})
  void a_strict_window_refills_later_than_a_bucket(String kind, int status) {
    simulator.setLimits("{\"limiter\":\"" + kind + "\"}");
    ask("gpt-4o", 20_000);

    nanos.addAndGet(MILLISECONDS.toNanos(40_000));

    assertThat(ask("gpt-4o", 20_000).statusCode()).isEqualTo(status);
  }

  @Test
  void a_tier_can_be_changed_while_running() {
    simulator.setLimits("{\"tier\":\"tier-5\"}");

    assertHeader(ask("gpt-4o", 16), "x-ratelimit-limit-tokens", "30000000");
  }

  @Test
  void other_models_become_known_with_limits() {
    simulator.setLimits("{\"gpt-5\":{\"rpm\":10,\"tpm\":null}}");

    var response = ask("gpt-5-2025-08-07", 16);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("x-ratelimit-limit-tokens")).isEmpty();
  }

  private HttpResponse<String> ask(String model, int maxOutputTokens) {
    return client.responses(
        "{\"model\":\"%s\",\"input\":\"[[tokens=1]] x\",\"max_output_tokens\":%d}"
            .formatted(model, maxOutputTokens));
  }

  private static void assertHeader(HttpResponse<String> response, String name, String value) {
    assertThat(response.headers().firstValue(name)).as(name).contains(value);
  }
}
