package dev.sluice.worker.budget;

import dev.sluice.common.budget.Bandwidth;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Settings and limits that tests begin from. */
final class BudgetFixtures {
  static final long SECOND = 1_000_000_000L;
  static final long MIDNIGHT = 1_767_225_600L * SECOND; // 2026-01-01T00:00:00Z

  private BudgetFixtures() {}

  static BudgetSettings settings() {
    return settings(0.995, 0.02);
  }

  static BudgetSettings settings(double utilisation, double burst) {
    return new BudgetSettings(
        utilisation,
        burst,
        0.2,
        0.1,
        0.005,
        Duration.ofMillis(400),
        Duration.ofMinutes(1),
        Duration.ofSeconds(15),
        Duration.ofSeconds(2));
  }

  /** Requests of one charge that have waited equally long. */
  static List<PoolState.Want> wants(int count, long charge) {
    return Collections.nCopies(count, new PoolState.Want(charge, 0));
  }

  static Map<Bandwidth, Long> limits(long rpm, long tpm) {
    var limits = new EnumMap<Bandwidth, Long>(Bandwidth.class);
    limits.put(Bandwidth.RPM, rpm);
    limits.put(Bandwidth.TPM, tpm);
    return limits;
  }
}
