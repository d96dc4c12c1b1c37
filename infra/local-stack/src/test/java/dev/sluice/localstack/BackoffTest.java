package dev.sluice.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackoffTest {

  @Test
  void pauses_double_up_to_half_a_minute() {
    var backoff = new Backoff();

    assertThat(Stream.generate(() -> backoff.after(Duration.ZERO).toSeconds()).limit(7))
        .containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
  }

  @Test
  void a_minute_of_service_makes_the_next_pause_short_again() {
    var backoff = new Backoff();
    backoff.after(Duration.ZERO);
    backoff.after(Duration.ofSeconds(59));

    assertThat(backoff.after(Duration.ofSeconds(60))).isEqualTo(Duration.ofSeconds(1));
  }
}
