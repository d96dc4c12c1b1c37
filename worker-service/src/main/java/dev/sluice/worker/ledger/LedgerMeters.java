package dev.sluice.worker.ledger;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.function.Supplier;

/** What the ledger tells its operators. */
final class LedgerMeters {
  private final MeterRegistry registry;

  LedgerMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  void watch(LedgerLag lag) {
    Gauge.builder("sluice.ledger.lag.seconds", (Supplier<Number>) lag::seconds)
        .description("Age of the oldest usage event that is not in Postgres yet")
        .register(registry);
    Gauge.builder("sluice.ledger.lag.records", (Supplier<Number>) lag::records)
        .description("Usage events of this worker's partitions that are not in Postgres yet")
        .register(registry);
  }

  Timer batch() {
    return Timer.builder("sluice.ledger.batch")
        .description("From a fetched batch to its commit in Postgres")
        .register(registry);
  }

  /** {@code written}, {@code repeated} or {@code set_aside}. */
  void events(String outcome, int count) {
    if (count == 0) return;
    Counter.builder("sluice.ledger.events")
        .description("Usage events, by what became of them")
        .tag("outcome", outcome)
        .register(registry)
        .increment(count);
  }

  void unpriced() {
    Counter.builder("sluice.ledger.unpriced")
        .description("Entries that found no rate card in force")
        .register(registry)
        .increment();
  }

  void suspect(String reason) {
    Counter.builder("sluice.ledger.suspect")
        .description("Entries whose token counts cannot be believed")
        .tag("reason", reason)
        .register(registry)
        .increment();
  }

  void corrected(String reason, int count) {
    if (count == 0) return;
    Counter.builder("sluice.ledger.corrections")
        .description("Entries that were taken back and replaced")
        .tag("reason", reason)
        .register(registry)
        .increment(count);
  }

  void lost() {
    Counter.builder("sluice.ledger.lost")
        .description("Attempts that nobody settled and that the sweep has called lost")
        .register(registry)
        .increment();
  }
}
