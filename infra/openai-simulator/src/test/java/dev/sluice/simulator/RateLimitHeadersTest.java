package dev.sluice.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimitHeadersTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0s",
    "17, 17ms",
    "999, 999ms",
    "1000, 1s",
    "1320, 1.32s",
    "18642, 18.642s",
    "60000, 1m0s",
    "360000, 6m0s",
    "432005, 7m12.005s",
    "86400000, 24h0m0s"
  })
  void intervals_are_written_as_the_provider_writes_them(long millis, String text) {
    assertThat(RateLimitHeaders.interval(millis)).isEqualTo(text);
  }
}
