package dev.sluice.api.spend;

import dev.sluice.common.spend.SpendPeriod;
import dev.sluice.common.spend.SpendScope;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.Map;

/** What the caps tell their operators. */
final class SpendMeters {
  private final MultiGauge caps;
  private final Counter begun;

  /** Caps that stand alike. */
  record Kind(SpendScope scope, SpendPeriod period, CapState state) {}

  SpendMeters(MeterRegistry registry) {
    caps =
        MultiGauge.builder("sluice.spend.caps")
            .description("Spend caps by how they stand in their current period")
            .register(registry);
    begun =
        Counter.builder("sluice.spend.accounts.begun")
            .description("Accounts that Redis did not have and that were made from the ledger")
            .register(registry);
  }

  void begun() {
    begun.increment();
  }

  void caps(Map<Kind, Integer> counts) {
    var rows = new ArrayList<MultiGauge.Row<?>>();
    for (var scope : SpendScope.values())
      for (var period : SpendPeriod.values())
        for (var state : CapState.values()) {
          var tags =
              Tags.of("scope", scope.label(), "period", period.label(), "state", state.label());
          rows.add(MultiGauge.Row.of(tags, counts.getOrDefault(new Kind(scope, period, state), 0)));
        }
    caps.register(rows, true);
  }
}
