package dev.sluice.benchmarks.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WorkloadTest {
  private static final Account ACCOUNT = Account.under(Limiter.BUCKET, 12);

  @Test
  void every_subject_gets_the_same_requests() {
    assertThat(charges(Workload.saturating(ACCOUNT, "a")))
        .isEqualTo(charges(Workload.saturating(ACCOUNT, "b")));
  }

  @Test
  void it_offers_a_quarter_more_than_the_limit() {
    var workload = Workload.saturating(ACCOUNT, "resp_");
    var time = Duration.ZERO;
    long tokens = 0;
    for (int i = 0; i < 50_000; i++) {
      time = time.plus(workload.pause());
      tokens += workload.next().tokens().charge();
    }
    assertThat(tokens / ACCOUNT.granted(time)).isCloseTo(Workload.OFFERED, within(0.02));
  }

  @Test
  void no_request_is_larger_than_some_percent_of_a_minute() {
    var workload = Workload.saturating(ACCOUNT, "resp_");
    assertThat(charges(workload)).allMatch(tokens -> tokens >= 60 && tokens <= 400);
  }

  @Test
  void the_backlog_is_a_minutes_worth() {
    long tokens =
        Workload.saturating(ACCOUNT, "resp_").backlog().stream()
            .mapToLong(question -> question.tokens().charge())
            .sum();
    assertThat(tokens).isBetween(ACCOUNT.tpm(), ACCOUNT.tpm() + 400);
  }

  @Test
  void a_light_load_has_its_rate_in_our_time() {
    var workload = Workload.light(ACCOUNT, "resp_", 5);
    double seconds = 0;
    for (int i = 0; i < 50_000; i++) seconds += workload.pause().toNanos() / 1e9;
    assertThat(50_000 / seconds).isCloseTo(5, within(0.1));
  }

  private static List<Long> charges(Workload workload) {
    return Stream.generate(() -> workload.next().tokens().charge()).limit(1_000).toList();
  }
}
