package dev.sluice.worker.budget;

import static dev.sluice.worker.budget.BudgetFixtures.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Many workers on one pool whose provider counts in a strict sliding window, in virtual time and
 * random interleavings; calls take up to 80 ms to get there. The theorem: no minute at the provider
 * has charges of more than the limit, wherever it begins.
 */
class WindowTest {
  private static final long TPM = 600_000;
  private static final long RPM = 6_000;

  static Stream<Arguments> fleets() {
    return IntStream.range(0, 12)
        .mapToObj(seed -> Arguments.of((long) seed, List.of(1, 4, 16).get(seed % 3)));
  }

  @ParameterizedTest(name = "seed {0}, {1} workers")
  @MethodSource("fleets")
  void a_window_is_used_to_the_last_percent_and_never_refuses(long seed, int workers) {
    var provider = new WindowProvider(TPM);
    var fleet = aFleet(seed, workers).calling(provider);
    fleet.run(60 * SECOND);
    provider.takeAdmitted();
    fleet.run(120 * SECOND);
    assertThat(provider.refusals()).as("refusals, seed %d", seed).isZero();
    assertThat(provider.takeAdmitted() / 2.0 / TPM).as("used, seed %d", seed).isGreaterThan(0.99);
  }

  @ParameterizedTest(name = "seed {0}, {1} workers")
  @MethodSource("fleets")
  void what_another_application_takes_of_a_window_is_left_to_it(long seed, int workers) {
    var provider = new WindowProvider(TPM);
    var fleet = aFleet(seed, workers).calling(provider);
    fleet.run(60 * SECOND);
    provider.coTenant(0.3);
    fleet.run(120 * SECOND);
    provider.takeAdmitted();
    provider.takeCoTenantAdmitted();
    fleet.run(60 * SECOND);
    // Until it has got its first percent of a window that is full, nothing tells that it is there
    assertThat(provider.refusals()).as("refusals, seed %d", seed).isLessThan(10);
    assertThat((double) provider.takeCoTenantAdmitted() / TPM)
        .as("its share, seed %d", seed)
        .isGreaterThan(0.29);
    assertThat((double) provider.takeAdmitted() / TPM)
        .as("used, seed %d", seed)
        .isBetween(0.62, 0.70);
  }

  @ParameterizedTest(name = "seed {0}, {1} workers")
  @MethodSource("fleets")
  void a_lost_state_is_no_burst_in_a_window(long seed, int workers) {
    var provider = new WindowProvider(TPM);
    var fleet = aFleet(seed, workers).calling(provider);
    fleet.run(70 * SECOND);
    fleet.loseState();
    fleet.run(70 * SECOND);
    assertThat(provider.refusals()).as("refusals, seed %d", seed).isZero();
  }

  private static SimulatedFleet aFleet(long seed, int workers) {
    return new SimulatedFleet(
        BudgetFixtures.settings(), BudgetFixtures.limits(RPM, TPM), workers, seed, 100, 8_000);
  }
}
