package dev.sluice.benchmarks.budget;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OrderTest {
  private static final Instant START = Instant.parse("2026-11-24T00:00:00Z");
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void first_come_first_served_has_no_inversions() {
    assertThat(inversions(1, 2, 3, 4, 5)).isZero();
  }

  @Test
  void each_step_back_counts_once() {
    assertThat(inversions(5, 1, 9, 13, 10)).isEqualTo(50.0); // two of four steps
  }

  @Test
  void who_came_within_the_tolerance_came_together() {
    assertThat(inversions(1, 3, 2, 4)).isZero();
  }

  @Test
  void a_request_that_is_not_ours_is_passed_over() {
    var calls = List.of(call("a"), call("cotenant-1"), call("b"));
    assertThat(Order.inversionsPct(calls, Map.of("a", START, "b", START.plus(SECOND)), SECOND))
        .isZero();
  }

  /** Of requests admitted in this order, each named by the second in which it arrived. */
  private static double inversions(Integer... arrivals) {
    var at = new HashMap<String, Instant>();
    for (int arrival : arrivals) at.put("resp_" + arrival, START.plusSeconds(arrival));
    var calls = Stream.of(arrivals).map(arrival -> call("resp_" + arrival)).toList();
    return Order.inversionsPct(calls, at, SECOND);
  }

  private static Call call(String id) {
    return new Call(START, id, 200, 100);
  }
}
