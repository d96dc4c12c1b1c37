package dev.sluice.worker.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.error.ErrorCode;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetriesTest {
  private static final Failure PASSING =
      Failure.of(ErrorCode.PROVIDER_UNAVAILABLE, Failure.Reaction.RETRY);
  private static final Duration LONG = Duration.ofMinutes(10);

  private long nanos;
  private final Retries retries =
      new Retries(
          6, new Backoff(Duration.ofSeconds(1), new Random(1)), new RetryBudget(0.1, () -> nanos));

  @Test
  void a_storm_of_failures_multiplies_the_traffic_by_no_more_than_a_tenth() {
    int calls = 10_000;
    int made = 0;
    for (int i = 0; i < calls; i++) {
      retries.called();
      for (int attempt = 1; retries.after(attempt, PASSING, LONG).isPresent(); attempt++) made++;
    }
    assertThat(made).isBetween(calls / 10, calls / 10 + 10);
  }

  @Test
  void a_quiet_worker_may_retry_as_often_as_a_request_may_be_called() {
    for (int request = 0; request < 5; request++) {
      nanos += Duration.ofMinutes(5).toNanos();
      for (int attempt = 1; attempt < 6; attempt++)
        assertThat(retries.after(attempt, PASSING, LONG)).isPresent();
      assertThat(retries.after(6, PASSING, LONG)).isEmpty();
    }
  }

  @Test
  void a_rate_limit_is_no_failure_that_could_storm() {
    var limited = Failure.of(ErrorCode.RATE_LIMIT_EXCEEDED, Failure.Reaction.WAIT);
    for (int request = 0; request < 100; request++)
      assertThat(retries.after(1, limited, LONG)).isPresent();
  }

  @Test
  void a_retry_that_would_come_after_the_deadline_is_not_waited_for() {
    assertThat(retries.after(3, PASSING, Duration.ofSeconds(4))).isEmpty();
  }

  @Test
  void what_would_fail_the_same_way_is_not_tried_again() {
    var rejected = Failure.last(ErrorCode.PROVIDER_REJECTED);
    assertThat(retries.after(1, rejected, LONG)).isEmpty();
  }
}
