package dev.sluice.localstack.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | 0",
        "0.00230324 | 0.0023",
        "0.115162 | 0.115",
        "6.63333 | 6.63",
        "20 | 20",
        "99.96 | 100",
        "497.5 | 498",
        "1234567 | 1,234,567"
      })
  void three_digits_count(double value, String text) {
    assertThat(Figures.number(value)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "PT0.09S, 90 ms",
    "PT4S, 4 s",
    "PT1.5S, 1.5 s",
    "PT33M56S, 34 min",
    "PT7H13M, 7.22 h",
    "P12D, 12 days"
  })
  void a_time_has_the_unit_that_fits(Duration time, String text) {
    assertThat(Figures.time(time)).isEqualTo(text);
  }
}
