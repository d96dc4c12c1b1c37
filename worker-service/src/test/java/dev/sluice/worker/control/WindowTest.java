package dev.sluice.worker.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WindowTest {
  private final Window window = new Window();

  @Test
  void it_sums_the_last_seconds_and_forgets_the_rest() {
    window.add(1, 100);
    window.add(2, 105);
    window.add(4, 109);
    assertThat(window.sum(1, 109)).isEqualTo(4);
    assertThat(window.sum(5, 109)).isEqualTo(6);
    assertThat(window.sum(60, 109)).isEqualTo(7);
    assertThat(window.sum(60, 160)).isEqualTo(6);
    window.add(8, 160); // the place of second 100
    assertThat(window.sum(60, 160)).isEqualTo(14);
    assertThat(window.sum(60, 300)).isZero();
  }
}
