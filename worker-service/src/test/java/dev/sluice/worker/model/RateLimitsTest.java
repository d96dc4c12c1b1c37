package dev.sluice.worker.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimitsTest {
  @ParameterizedTest
  @CsvSource({
    "17ms, 17",
    "18.642s, 18642",
    "6m0s, 360000",
    "1h2m3.5s, 3723500",
    "0s, 0",
    "1d2h, 93600000"
  })
  void intervals_are_read_as_the_provider_writes_them(String written, long ms) {
    assertThat(RateLimits.interval(written)).contains(Duration.ofMillis(ms));
  }

  @ParameterizedTest
  @CsvSource({"soon", "''", "5 minutes"})
  void other_text_is_no_interval(String written) {
    assertThat(RateLimits.interval(written)).isEmpty();
  }

  @Test
  void a_counter_of_which_not_all_is_told_is_absent() {
    var headers =
        Map.of(
            "x-ratelimit-limit-tokens", "30000",
            "x-ratelimit-remaining-tokens", "29000",
            "x-ratelimit-reset-tokens", "2s",
            "x-ratelimit-limit-requests", "500");
    var limits = RateLimits.of(name -> Optional.ofNullable(headers.get(name)));
    assertThat(limits.tokens())
        .contains(new RateLimits.Counter(30_000, 29_000, Duration.ofSeconds(2)));
    assertThat(limits.requests()).isEmpty();
  }
}
