package dev.sluice.common.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.common.budget.Plan.Flow;
import dev.sluice.common.budget.Plan.NeverFits;
import dev.sluice.common.budget.Plan.Waiting.Growing;
import dev.sluice.common.budget.Plan.Waiting.Steady;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlannerTest {
  private static final Planner PLANNER = new Planner(Planner.UTILISATION, Planner.BURST);
  private static final Duration FOUR_SECONDS = Duration.ofSeconds(4);
  private static final Offset<Double> CLOSE = within(0.0001);

  @Test
  void small_requests_are_limited_by_their_number() {
    var plan = plan(new Tier(500, 200_000, null, null), 5, 200);

    // 99.5 % of 500 are 497.5 requests: 8.2917 a second; of 200,000 tokens 995 requests: 16.5833
    assertThat(plan.tightest().bandwidth()).isEqualTo(Bandwidth.RPM);
    assertThat(plan.shareOf(Bandwidth.RPM).perSecond()).isCloseTo(8.2917, CLOSE);
    assertThat(plan.shareOf(Bandwidth.RPM).load()).isCloseTo(0.6030, CLOSE);
    assertThat(plan.shareOf(Bandwidth.TPM).perSecond()).isCloseTo(16.5833, CLOSE);
    assertThat(plan.phases()).hasSize(1);
    assertThat(plan.atFirst().throughput()).isEqualTo(5);
    // 0.6030 / (2 × 8.2917 × 0.3970); the burst of 9 requests covers a request's own charge
    assertThat(plan.atFirst().waiting()).isEqualTo(new Steady(Duration.ofMillis(92)));
    assertThat(plan.carriesAll()).isTrue();
  }

  @Test
  void large_requests_are_limited_by_their_tokens() {
    var plan = plan(new Tier(500, 30_000, null, null), 1, 1_000);

    // 29,850 tokens are 29.85 requests a minute
    assertThat(plan.tightest().bandwidth()).isEqualTo(Bandwidth.TPM);
    assertThat(plan.atFirst().throughput()).isCloseTo(0.4975, CLOSE);
    assertThat(plan.shareOf(Bandwidth.TPM).load()).isCloseTo(2.0101, CLOSE);
    assertThat(plan.carriesAll()).isFalse();
    // 30.15 of 60 requests are not served; 0.5025/0.4975 of each minute is added to the wait
    var growing = (Growing) plan.atFirst().waiting();
    assertThat(growing.backlogPerMinute()).isCloseTo(30.15, CLOSE);
    assertThat(growing.perMinute()).isEqualTo(Duration.ofMillis(60_603));
  }

  @Test
  void a_request_larger_than_the_burst_waits_for_its_own_charge() {
    var plan = plan(new Tier(500, 30_000, null, null), 0.1, 1_000);

    // Behind others: 0.2010 / (2 × 0.4975 × 0.7990) = 0.253 s; its own 2.010 s, less 1.2 s of burst
    assertThat(plan.atFirst().waiting()).isEqualTo(new Steady(Duration.ofMillis(1_063)));
  }

  @Test
  void a_days_requests_bind_once_they_are_used_up() {
    var plan = plan(new Tier(500, 200_000, 10_000L, null), 5, 500);

    assertThat(plan.tightest().bandwidth()).isEqualTo(Bandwidth.RPD);
    assertThat(plan.phases()).hasSize(2);
    assertThat(plan.atFirst().binding()).isEqualTo(Bandwidth.TPM);
    assertThat(plan.atFirst().throughput()).isEqualTo(5);
    // 9,950 requests, refilled by 0.11516 a second while 5 go
    assertThat(plan.inTheLongRun().from()).isEqualTo(Duration.ofMillis(2_036_915));
    assertThat(plan.inTheLongRun().binding()).isEqualTo(Bandwidth.RPD);
    assertThat(plan.inTheLongRun().throughput()).isCloseTo(0.11516, CLOSE);
    assertThat(((Growing) plan.inTheLongRun().waiting()).backlogPerMinute())
        .isCloseTo(293.0903, CLOSE);
  }

  @Test
  void a_day_lasts_longer_when_its_minutes_are_saturated() {
    var plan = plan(new Tier(500, 200_000, 10_000L, null), 50, 500);

    // 398 requests a minute are served, not 3,000
    assertThat(plan.atFirst().throughput()).isCloseTo(6.6333, CLOSE);
    assertThat(plan.inTheLongRun().from()).isEqualTo(Duration.ofMillis(1_526_502));
  }

  @Test
  void a_day_that_suffices_never_binds() {
    var plan = plan(new Tier(500, 200_000, 10_000L, null), 0.1, 500);

    assertThat(plan.tightest().bandwidth()).isEqualTo(Bandwidth.RPD);
    assertThat(plan.phases()).hasSize(1);
    assertThat(plan.carriesAll()).isTrue();
    assertThat(plan.shareOf(Bandwidth.RPD).load()).isCloseTo(0.8683, CLOSE);
  }

  @Test
  void concurrency_is_littles_law_with_three_deviations_of_head_room() {
    var plan = plan(new Tier(500, 200_000, null, null), 5, 200);

    assertThat(plan.atFirst().callsAtOnce()).isEqualTo(20); // 5/s × 4 s
    assertThat(plan.atFirst().concurrency()).isEqualTo(34); // 20 + 3 × 4.47
  }

  @Test
  void nobody_asks() {
    var plan = plan(new Tier(500, 200_000, 10_000L, null), 0, 500);

    assertThat(plan.phases()).hasSize(1);
    assertThat(plan.atFirst().throughput()).isZero();
    assertThat(plan.atFirst().waiting()).isEqualTo(new Steady(Duration.ZERO));
    assertThat(plan.atFirst().concurrency()).isEqualTo(1);
  }

  @Test
  void at_exactly_the_binding_rate_nothing_is_steady() {
    var plan = plan(new Planner(1, 1), new Tier(60, 60_000, null, null), 1, 500);

    assertThat(plan.atFirst().waiting()).isEqualTo(new Growing(Duration.ZERO, 0));
  }

  @Test
  void a_request_of_more_than_a_minutes_tokens_never_fits() {
    assertThat(PLANNER.plan(new Tier(500, 30_000, null, null), new Demand(1, 30_001, FOUR_SECONDS)))
        .isEqualTo(new NeverFits(Bandwidth.TPM, 30_000, 30_001));
  }

  @Test
  void a_request_of_exactly_a_minutes_tokens_fits() {
    var plan = plan(new Tier(500, 30_000, null, null), 1, 30_000);

    assertThat(plan.atFirst().throughput()).isCloseTo(0.995 / 60, CLOSE);
  }

  @Test
  void a_limit_of_few_requests_loses_nothing_to_rounding() {
    var plan = plan(new Tier(3, 40_000, 200L, null), 1, 500);

    assertThat(plan.atFirst().throughput()).isCloseTo(2.985 / 60, CLOSE);
  }

  @Test
  void the_charge_is_the_larger_of_input_and_max_output_tokens() {
    assertThat(Demand.charge(500, 0)).isEqualTo(500);
    assertThat(Demand.charge(500, 4_000)).isEqualTo(4_000);
    assertThat(Demand.charge(0, 0)).isEqualTo(1);
  }

  @Test
  void what_cannot_be_is_refused() {
    assertThatThrownBy(() -> new Demand(-1, 500, FOUR_SECONDS)).hasMessageContaining("-1.0");
    assertThatThrownBy(() -> new Demand(Double.NaN, 500, FOUR_SECONDS)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> new Demand(1, 0, FOUR_SECONDS)).hasMessageContaining("one token");
    assertThatThrownBy(() -> new Planner(1.1, 0.02)).hasMessage("utilisation 1.1 is not in (0, 1]");
  }

  static LongStream seeds() {
    return LongStream.range(0, 200);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void more_demand_or_larger_requests_never_make_it_better(long seed) {
    var random = new SplittableRandom(seed);
    var tier = aTier(random);
    double rate = random.nextDouble(0.01, 200);
    long charge = random.nextLong(1, tier.tpm() / 2);
    var plan = plan(tier, rate, charge);
    var busier = plan(tier, rate * random.nextDouble(1, 3), charge);
    var larger = plan(tier, rate, charge * 2);

    assertThat(busier.atFirst().throughput()).isGreaterThanOrEqualTo(plan.atFirst().throughput());
    assertThat(busier.atFirst().concurrency()).isGreaterThanOrEqualTo(plan.atFirst().concurrency());
    assertThat(busier.tightest().bandwidth()).isEqualTo(plan.tightest().bandwidth());
    assertThat(larger.atFirst().throughput())
        .isLessThanOrEqualTo(plan.atFirst().throughput())
        .isLessThanOrEqualTo(larger.atFirst().capacity());
    for (var worse : new Flow[] {busier, larger})
      assertThat(waits(worse)).isGreaterThanOrEqualTo(waits(plan));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void no_limit_is_exceeded_for_good(long seed) {
    var random = new SplittableRandom(seed);
    var tier = aTier(random);
    long charge = random.nextLong(1, tier.tpm());
    var plan = plan(tier, random.nextDouble(0.01, 200), charge);
    double perSecond = plan.inTheLongRun().throughput();

    tier.limits()
        .forEach((bandwidth, limit) ->
            assertThat(perSecond * (bandwidth.countsTokens() ? charge : 1))
                .as("%s", bandwidth)
                .isLessThanOrEqualTo((double) limit / bandwidth.period().toSeconds()));
    assertThat(plan.phases())
        .isSortedAccordingTo((one, next) -> one.from().compareTo(next.from()))
        .isSortedAccordingTo((one, next) -> Double.compare(next.throughput(), one.throughput()));
  }

  @ParameterizedTest(name = "{0} requests a minute of 1,000")
  @ValueSource(ints = {300, 700, 900})
  void the_mean_wait_is_that_of_a_simulated_bucket(int perMinute) {
    double burst = 0.0005; // half a request: each waits for the rest of its own charge as well

    double simulated = simulatedMeanWait(perMinute / 60.0, 1_000 / 60.0, 1_000 * burst);

    assertThat(foretoldMeanWait(burst, perMinute)).isCloseTo(simulated, within(0.05 * simulated));
  }

  @ParameterizedTest(name = "{0} requests a minute of 1,000")
  @ValueSource(ints = {300, 700, 900, 990})
  void a_burst_makes_the_wait_shorter_than_foretold(int perMinute) {
    double burst = 0.02;

    double simulated = simulatedMeanWait(perMinute / 60.0, 1_000 / 60.0, 1_000 * burst);

    assertThat(simulated).isLessThanOrEqualTo(foretoldMeanWait(burst, perMinute));
  }

  private static double foretoldMeanWait(double burst, int perMinute) {
    var tier = new Tier(1_000_000, 1_000_000, null, null);
    var plan = plan(new Planner(1, burst), tier, perMinute / 60.0, 1_000);
    return ((Steady) plan.atFirst().waiting()).mean().toMillis() / 1e3;
  }

  /**
   * A bucket as the workers keep it: into debt; a request starts when the refill has covered it.
   */
  private static double simulatedMeanWait(double arrivals, double refill, double burst) {
    var random = new SplittableRandom(42);
    int requests = 400_000;
    double level = burst;
    double sum = 0;
    for (int i = 0; i < requests; i++) {
      double gap = -Math.log(1 - random.nextDouble()) / arrivals;
      level = Math.min(burst, level + gap * refill) - 1;
      sum += Math.max(0, -level / refill);
    }
    return sum / requests;
  }

  /** Seconds, those of a minute's growth above any mean. */
  private static double waits(Flow plan) {
    return switch (plan.atFirst().waiting()) {
      case Steady(var mean) -> mean.toMillis() / 1e3;
      case Growing(var perMinute, _) -> 1e9 + perMinute.toMillis() / 1e3;
    };
  }

  private static Tier aTier(SplittableRandom random) {
    long rpm = random.nextLong(3, 30_000);
    var rpd = random.nextBoolean() ? rpm * random.nextLong(1, 1_440) : null;
    return new Tier(rpm, random.nextLong(1_000, 10_000_000), rpd, null);
  }

  private static Flow plan(Tier tier, double perSecond, long charge) {
    return plan(PLANNER, tier, perSecond, charge);
  }

  private static Flow plan(Planner planner, Tier tier, double perSecond, long charge) {
    return (Flow) planner.plan(tier, new Demand(perSecond, charge, FOUR_SECONDS));
  }
}
