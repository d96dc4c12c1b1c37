package dev.sluice.worker.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EstimatesTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Estimates estimates = new Estimates(registry);

  @Test
  void the_error_shrinks_with_traffic() {
    assertThat(errorAfter(1)).isCloseTo(0.23, within(0.01));
    assertThat(errorAfter(100)).isLessThan(0.02);
  }

  @Test
  void one_odd_answer_does_not_spoil_what_was_learnt() {
    errorAfter(100);
    estimates.learn("m", 1_000, 100_000, 50);
    assertThat(estimates.input("m", 1_000)).isLessThan(2_200);
  }

  @Test
  void models_are_learnt_apart() {
    errorAfter(100);
    assertThat(estimates.input("other", 1_000)).isEqualTo(1_000);
  }

  @Test
  void nine_in_ten_answers_are_no_longer_than_it_says() {
    var random = new Random(7);
    for (int i = 0; i < 5_000; i++) estimates.learn("m", 100, 100, random.nextInt(1, 1_001));
    double output = registry.get("sluice.estimate.output").tag("model", "m").gauge().value();
    assertThat(output).isBetween(800.0, 1_000.0);
  }

  /** The provider counts 1.3 times what we count. */
  private double errorAfter(int answers) {
    for (int i = 0; i < answers - 1; i++)
      estimates.learn("m", estimates.input("m", 1_000), 1_300, 50);
    return Math.abs(1 - estimates.input("m", 1_000) / 1_300.0);
  }
}
