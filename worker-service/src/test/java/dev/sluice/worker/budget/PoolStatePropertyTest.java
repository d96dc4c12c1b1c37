package dev.sluice.worker.budget;

import static dev.sluice.worker.budget.BudgetFixtures.MIDNIGHT;
import static dev.sluice.worker.budget.BudgetFixtures.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Many workers on one pool in virtual time, in random interleavings. The theorem: the calls that
 * start in any interval of length t have charges of no more than burst + limit × utilisation × t /
 * minute + the largest charge, in tokens as in requests.
 */
class PoolStatePropertyTest {
  private static final long TPM = 600_000;
  private static final long RPM = 6_000;

  static Stream<Arguments> fleets() {
    return IntStream.range(0, 24)
        .mapToObj(seed -> Arguments.of((long) seed, List.of(1, 4, 16).get(seed % 3)));
  }

  @ParameterizedTest(name = "seed {0}, {1} workers")
  @MethodSource("fleets")
  void no_interval_has_more_calls_than_the_limit_allows(long seed, int workers) {
    var fleet = aFleet(seed, workers);
    fleet.run(60 * SECOND);
    assertWithinLimits(fleet, seed, 0);
  }

  /** Small requests: the limit on their number binds first. */
  @ParameterizedTest(name = "seed {0}, {1} workers")
  @MethodSource("fleets")
  void no_interval_has_more_requests_than_the_limit_allows(long seed, int workers) {
    var fleet =
        new SimulatedFleet(
            BudgetFixtures.settings(), BudgetFixtures.limits(RPM, TPM), workers, seed, 1, 60);
    fleet.run(60 * SECOND);
    assertThat(excess(fleet.starts(), _ -> 1, RPM))
        .as("seed %d: requests beyond the refill", seed)
        .isLessThanOrEqualTo(RPM * 0.02 + 1);
    long made = fleet.starts().stream().filter(it -> it.at() >= MIDNIGHT + 10 * SECOND).count();
    assertThat((double) made / (RPM * 50 / 60)).as("seed %d", seed).isBetween(0.985, 1.01);
  }

  @ParameterizedTest(name = "seed {0}, {1} workers")
  @MethodSource("fleets")
  void a_saturated_pool_is_used_to_the_last_percent(long seed, int workers) {
    var fleet = aFleet(seed, workers);
    fleet.run(60 * SECOND);
    long used = fleet.chargesBetween(MIDNIGHT + 10 * SECOND, MIDNIGHT + 60 * SECOND);
    assertThat((double) used / (TPM * 50 / 60)).as("seed %d", seed).isBetween(0.985, 1.01);
  }

  @ParameterizedTest(name = "seed {0}, {1} workers")
  @MethodSource("fleets")
  void each_worker_serves_its_requests_in_the_order_they_came(long seed, int workers) {
    var fleet = aFleet(seed, workers);
    fleet.run(30 * SECOND);
    for (int worker = 0; worker < workers; worker++)
      assertThat(fleet.startsOf(worker)).as("seed %d, worker %d", seed, worker).isSorted();
  }

  @ParameterizedTest(name = "seed {0}, {1} workers")
  @MethodSource("fleets")
  void who_came_first_starts_first_whichever_worker_has_it(long seed, int workers) {
    var fleet = aFleet(seed, workers);
    fleet.run(60 * SECOND);
    long tolerated = tolerated(workers);
    long newest = 0;
    long overtaken = 0;
    for (var start : fleet.starts()) {
      if (start.acceptedAt() < newest - tolerated) overtaken++;
      newest = Math.max(newest, start.acceptedAt());
    }
    assertThat((double) overtaken / fleet.starts().size()).as("seed %d", seed).isLessThan(0.02);
  }

  @ParameterizedTest(name = "seed {0}, {1} workers")
  @MethodSource("fleets")
  void no_worker_starves(long seed, int workers) {
    var fleet = aFleet(seed, workers);
    fleet.run(60 * SECOND);
    long newest =
        fleet.starts().stream().mapToLong(SimulatedFleet.Start::acceptedAt).max().orElse(0);
    for (int worker = 0; worker < workers; worker++)
      assertThat(fleet.waitingSince(worker))
          .as("seed %d, worker %d", seed, worker)
          .isGreaterThan(newest - 2 * tolerated(workers));
  }

  // Requests arrive about ten times as fast as they are served, so a slice of a third of a second
  // is three seconds of arrivals, and each of the workers may be so much behind
  private static long tolerated(int workers) {
    return 3_000 + 300L * workers;
  }

  @ParameterizedTest(name = "seed {0}, {1} workers")
  @MethodSource("fleets")
  void lost_state_is_no_burst(long seed, int workers) {
    var fleet = aFleet(seed, workers);
    fleet.run(20 * SECOND);
    fleet.loseState();
    fleet.run(20 * SECOND);
    fleet.loseState();
    fleet.run(20 * SECOND);
    // What others had reserved since the state that was put back had been read: see restoreAt.
    assertWithinLimits(fleet, seed, TPM / 60);
  }

  @ParameterizedTest(name = "seed {0}, {1} workers")
  @MethodSource("fleets")
  void a_clock_that_goes_back_stops_nobody_and_is_no_burst(long seed, int workers) {
    var fleet = aFleet(seed, workers);
    fleet.run(20 * SECOND);
    fleet.moveRedisClock(-30 * SECOND);
    fleet.run(20 * SECOND);
    assertWithinLimits(fleet, seed, 0);
    assertThat(fleet.chargesBetween(MIDNIGHT + 22 * SECOND, MIDNIGHT + 40 * SECOND))
        .as("seed %d", seed)
        .isGreaterThan((long) (TPM * 0.9 * 18 / 60));
  }

  @ParameterizedTest(name = "seed {0}, {1} workers")
  @MethodSource("fleets")
  void what_is_cancelled_is_used_by_others(long seed, int workers) {
    var fleet = aFleet(seed, workers).cancelling(0.3);
    fleet.run(60 * SECOND);
    long used = fleet.chargesBetween(MIDNIGHT + 10 * SECOND, MIDNIGHT + 60 * SECOND);
    assertThat((double) used / (TPM * 50 / 60)).as("seed %d", seed).isBetween(0.96, 1.02);
  }

  private static SimulatedFleet aFleet(long seed, int workers) {
    return new SimulatedFleet(
        BudgetFixtures.settings(), BudgetFixtures.limits(RPM, TPM), workers, seed, 100, 3_000);
  }

  private static void assertWithinLimits(SimulatedFleet fleet, long seed, long slack) {
    assertThat(excess(fleet.starts(), SimulatedFleet.Start::charge, TPM))
        .as("seed %d: tokens beyond the refill", seed)
        .isLessThanOrEqualTo(TPM * 0.02 + 3_000 + slack);
    assertThat(excess(fleet.starts(), _ -> 1, RPM))
        .as("seed %d: requests beyond the refill", seed)
        .isLessThanOrEqualTo(RPM * 0.02 + 1);
  }

  /** Largest excess of any interval over its refill, by Kadane's scan. */
  private static double excess(
      List<SimulatedFleet.Start> starts, ToLongFunction<SimulatedFleet.Start> of, long limit) {
    double perNano = limit * 0.995 / (60.0 * SECOND);
    double excess = 0;
    double most = 0;
    long last = starts.isEmpty() ? 0 : starts.getFirst().at();
    for (var start : starts) {
      excess = Math.max(0, excess - (start.at() - last) * perNano) + of.applyAsLong(start);
      last = start.at();
      most = Math.max(most, excess);
    }
    return most;
  }
}
