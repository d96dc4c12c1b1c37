package dev.sluice.api.ops;

import dev.sluice.common.budget.Demand;
import dev.sluice.common.budget.Plan;
import dev.sluice.common.budget.Planner;
import dev.sluice.common.budget.Tier;
import dev.sluice.common.message.LimitingFactor;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How many calls at once a pool's budget can keep busy, by Little's law: the rate that its limits
 * carry × how long a call takes, and the planner's head-room. More would only wait.
 */
final class UsableConcurrency {
  private static final Planner PLANNER = new Planner(Planner.UTILISATION, Planner.BURST);
  // Any rate that no tier carries: the limits alone are to bind.
  private static final double SATURATING = 1e9;

  /**
   * @param yielded share of the limits that is left to others
   * @param answered calls that were measured
   * @param latency of all of them together, ms
   * @param charged for all of them together, tokens
   * @return null if none was measured
   */
  static @Nullable Long of(
      Tier limits,
      double yielded,
      LimitingFactor factor,
      long answered,
      long latency,
      long charged) {
    if (answered == 0) return null;
    var demand =
        new Demand(
            SATURATING, Math.max(1, charged / answered), Duration.ofMillis(latency / answered));
    return switch (PLANNER.plan(less(limits, yielded), demand)) {
      case Plan.NeverFits _ -> 0L;
      case Plan.Flow flow -> {
        boolean isDayOver = factor == LimitingFactor.RPD || factor == LimitingFactor.TPD;
        yield (isDayOver ? flow.inTheLongRun() : flow.atFirst()).concurrency();
      }
    };
  }

  private static Tier less(Tier limits, double yielded) {
    double share = 1 - Math.clamp(yielded, 0, 1);
    return new Tier(
        Math.max(1, (long) (limits.rpm() * share)),
        Math.max(1, (long) (limits.tpm() * share)),
        limits.rpd(),
        limits.tpd());
  }

  private UsableConcurrency() {}
}
