package dev.sluice.worker.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaxonomyTest {
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          429, rate_limit_exceeded,                rate_limit_exceeded,           true
          429, slow_down,                          rate_limit_exceeded,           true
          429, insufficient_quota,                 insufficient_quota,            false
          429, credit_balance_exhausted,           insufficient_quota,            false
          429, organization_spend_limit_exceeded,  insufficient_quota,            false
          429, project_spend_limit_exceeded,       insufficient_quota,            false
          429, organization_usage_limit_exceeded,  insufficient_quota,            false
          408, timeout,                            provider_unavailable,          true
          409, conflict,                           provider_unavailable,          true
          500, server_error,                       provider_unavailable,          true
          503, server_is_overloaded,               provider_unavailable,          true
          401, invalid_api_key,                    provider_credentials_rejected, false
          403, unsupported_country,                provider_credentials_rejected, false
          400, context_length_exceeded,            context_length_exceeded,       false
          404, model_not_found,                    model_not_found,               false
          """)
  void a_refusal_means(int status, String code, String wireCode, boolean retryable) {
    var failure = Taxonomy.refusal(status, code, "why", Duration.ZERO);
    assertThat(failure.wireCode()).isEqualTo(wireCode);
    assertThat(failure.retryable()).isEqualTo(retryable);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          rate_limit_exceeded, rate_limit_exceeded,  true
          server_error,        provider_unavailable, true
          insufficient_quota,  insufficient_quota,   false
          invalid_prompt,      invalid_prompt,       false
          ,                    provider_unavailable, true
          """)
  void an_error_inside_a_stream_means(String code, String wireCode, boolean retryable) {
    var failure = Taxonomy.event(code, "why");
    assertThat(failure.wireCode()).isEqualTo(wireCode);
    assertThat(failure.retryable()).isEqualTo(retryable);
  }

  @Test
  void the_message_of_a_rejected_key_stays_here() {
    var failure = Taxonomy.refusal(401, "invalid_api_key", "Incorrect key: sk-abc", Duration.ZERO);
    assertThat(failure.detail()).doesNotContain("sk-abc");
  }

  @Test
  void backoff_doubles_from_one_second_to_sixteen_with_a_quarter_of_jitter() {
    var backoff = new Backoff(Duration.ofSeconds(1), new Random(1));
    var failure = Taxonomy.refusal(500, null, null, Duration.ZERO);
    long[] seconds = {1, 2, 4, 8, 16, 16};
    for (int attempt = 1; attempt <= seconds.length; attempt++)
      assertThat(backoff.after(attempt, failure))
          .isBetween(
              Duration.ofSeconds(seconds[attempt - 1]),
              Duration.ofMillis(seconds[attempt - 1] * 1_250));
  }

  @Test
  void the_providers_own_wish_is_a_minimum() {
    var backoff = new Backoff(Duration.ofSeconds(1), new Random(1));
    var failure = Taxonomy.refusal(429, null, null, Duration.ofSeconds(30));
    assertThat(backoff.after(1, failure)).isEqualTo(Duration.ofSeconds(30));
  }
}
