package dev.sluice.benchmarks.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UsageTest {
  private static final Instant START = Instant.parse("2026-11-24T00:00:00Z");
  private static final Account ACCOUNT = new Account("pool", "model", 600, 60_000, 1);

  @Test
  void a_steady_stream_at_the_limit_is_100_percent_wherever_the_window_is_cut() {
    var calls = steady(900, 200, Duration.ofSeconds(180)); // 900 tokens every 0.9 s
    for (int cut = 0; cut < 900; cut += 100) {
      var usage = Usage.of(calls, window(Duration.ofMillis(60_000 + cut), 90), ACCOUNT);
      assertThat(usage.tpmPct()).isCloseTo(100, within(0.001));
    }
  }

  @Test
  void requests_are_counted_against_their_own_limit() {
    var calls = steady(300, 600, Duration.ofSeconds(180)); // 200 of 600 a minute
    assertThat(Usage.of(calls, window(Duration.ofSeconds(60), 60), ACCOUNT).rpmPct())
        .isCloseTo(100.0 / 3, within(0.001));
  }

  @Test
  void a_compressed_minute_grants_its_limit_in_less_time() {
    var fast = new Account("pool", "model", 600, 60_000, 12);
    var calls = steady(600, 900, Duration.ofSeconds(45)); // 12,000 tokens a second
    assertThat(Usage.of(calls, window(Duration.ofSeconds(10), 10), fast).tpmPct())
        .isCloseTo(100, within(0.001));
  }

  @Test
  void a_pause_at_the_windows_end_is_not_left_out() {
    var calls = steady(1_000, 90, Duration.ofSeconds(90));
    assertThat(Usage.of(calls, window(Duration.ofSeconds(60), 60), ACCOUNT).tpmPct())
        .isCloseTo(50, within(2.0));
  }

  @Test
  void what_came_at_once_is_told_as_the_error_that_it_may_cause() {
    var calls = List.of(call(100, 4_000), call(100, 3_000), call(120, 500));
    var usage = Usage.of(calls, window(Duration.ofSeconds(60), 100), ACCOUNT);
    assertThat(usage.burstPct()).isCloseTo(100.0 * (7_000 - 1_000) / 100_000, within(0.001));
  }

  @Test
  void nothing_admitted_is_nothing_used() {
    var usage = Usage.of(List.of(), window(Duration.ZERO, 60), ACCOUNT);
    assertThat(usage).isEqualTo(new Usage(0, 0, 0));
  }

  private static Window window(Duration after, int seconds) {
    var from = START.plus(after);
    return new Window(from, from.plusSeconds(seconds));
  }

  private static Call call(int second, long tokens) {
    return new Call(START.plusSeconds(second), "resp_" + second, 200, tokens);
  }

  /** So many calls of so many tokens, as fast as the time allows, the first at one pause. */
  private static List<Call> steady(long tokens, int calls, Duration time) {
    var pause = time.dividedBy(calls);
    var all = new ArrayList<Call>();
    for (int i = 1; i <= calls; i++)
      all.add(new Call(START.plus(pause.multipliedBy(i)), "resp_" + i, 200, tokens));
    return all;
  }
}
