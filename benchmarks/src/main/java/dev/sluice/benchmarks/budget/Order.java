package dev.sluice.benchmarks.budget;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Whether first come was first served. */
final class Order {
  private Order() {}

  /**
   * Of all pairs of admissions that follow each other, those whose second request had arrived
   * before the first by more than {@code tolerance}, %. 0 is first come, first served; 50 is no
   * order.
   *
   * @param admitted in the order of admission
   * @param arrivals by the request's id
   */
  static double inversionsPct(
      List<Call> admitted, Map<String, Instant> arrivals, Duration tolerance) {
    var order =
        admitted.stream().map(Call::id).filter(arrivals::containsKey).map(arrivals::get).toList();
    if (order.size() < 2) return 0;
    long inverted =
        IntStream.range(1, order.size())
            .filter(next -> order.get(next).plus(tolerance).isBefore(order.get(next - 1)))
            .count();
    return 100.0 * inverted / (order.size() - 1);
  }
}
