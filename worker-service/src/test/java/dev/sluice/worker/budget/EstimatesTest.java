package dev.sluice.worker.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.worker.budget.Estimates.Estimate;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What one worker learns by itself: its store does not answer. */
class EstimatesTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Estimates estimates =
      new Estimates(
          registry, (_, _, _) -> CompletableFuture.failedStage(new IllegalStateException("away")));

  @AfterEach
  void close() {
    estimates.close();
  }

  @Test
  void the_error_of_the_input_shrinks_with_traffic() {
    assertThat(inputErrorAfter(1)).isCloseTo(0.23, within(0.01));
    assertThat(inputErrorAfter(100)).isLessThan(0.02);
  }

  @Test
  void the_error_of_the_reservation_shrinks_with_traffic() {
    assertThat(chargeErrorAfter(1, 600)).isCloseTo(0.67, within(0.01));
    assertThat(chargeErrorAfter(100, 600)).isLessThan(0.03);
  }

  @Test
  void where_the_provider_charges_what_we_count_the_reservation_stays_as_it_was() {
    assertThat(chargeErrorAfter(100, 1_000)).isZero();
  }

  @Test
  void no_counter_brings_the_reservation_below_the_providers_rule() {
    for (int i = 0; i < 1_000; i++) estimates.charged(request("m"), 1);
    assertThat(request("m").charge()).isBetween(600L, 605L);
  }

  @Test
  void others_on_the_account_do_not_raise_the_reservation() {
    for (int i = 0; i < 1_000; i++) estimates.charged(request("m"), 50_000);
    assertThat(request("m").charge()).isEqualTo(1_000);
  }

  @Test
  void what_the_rule_has_set_is_not_corrected() {
    chargeErrorAfter(100, 600);
    assertThat(estimates.of("m", 900, 1_200, 1_200).charge()).isEqualTo(1_200);
  }

  @Test
  void one_odd_answer_does_not_spoil_what_was_learnt() {
    inputErrorAfter(100);
    estimates.answered(request("m"), 100_000, 50);
    assertThat(request("m").input()).isLessThan(2_200);
  }

  @Test
  void models_are_learnt_apart() {
    inputErrorAfter(100);
    assertThat(request("other").input()).isEqualTo(1_000);
  }

  @Test
  void nine_in_ten_answers_are_no_longer_than_it_says() {
    var random = new Random(7);
    for (int i = 0; i < 5_000; i++)
      estimates.answered(estimates.of("m", 100, 100, 100), 100, random.nextInt(1, 1_001));
    double output = registry.get("sluice.estimate.output").tag("model", "m").gauge().value();
    assertThat(output).isBetween(800.0, 1_000.0);
  }

  /** The provider counts 1.3 times what we count. */
  private double inputErrorAfter(int answers) {
    for (int i = 0; i < answers - 1; i++) estimates.answered(request("m"), 1_300, 50);
    return Math.abs(1 - request("m").input() / 1_300.0);
  }

  private double chargeErrorAfter(int answers, long charged) {
    for (int i = 0; i < answers - 1; i++) estimates.charged(request("m"), charged);
    return Math.abs(1 - (double) request("m").charge() / charged);
  }

  /** 1,000 tokens are counted; the provider's rule says 600. */
  private Estimate request(String model) {
    return estimates.of(model, 1_000, 600, 1_000);
  }
}
