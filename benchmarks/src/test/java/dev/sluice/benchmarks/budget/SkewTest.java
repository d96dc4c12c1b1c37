package dev.sluice.benchmarks.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SkewTest {
  @Test
  void of_ten_requests_one_two_three_and_four_come_to_the_processes() {
    var skew = new Skew(4);
    var counts = new int[4];
    for (int i = 0; i < 10_000; i++) counts[skew.next()]++;
    for (int process = 0; process < 4; process++)
      assertThat(counts[process]).isCloseTo(1_000 * (process + 1), within(200));
  }

  @Test
  void one_process_gets_all() {
    assertThat(new Skew(1).next()).isZero();
  }
}
