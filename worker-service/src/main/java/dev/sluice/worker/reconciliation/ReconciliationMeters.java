package dev.sluice.worker.reconciliation;

import dev.sluice.common.message.ProviderFigures;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicLong;

/** What the reconciliation tells its operators. */
final class ReconciliationMeters {
  private final MeterRegistry registry;
  private final AtomicLong daysOff = new AtomicLong();

  ReconciliationMeters(MeterRegistry registry) {
    this.registry = registry;
    Gauge.builder("sluice.reconciliation.days.off", daysOff, AtomicLong::get)
        .description(
            "Days of the last month on which the provider's figures differ from the ledger")
        .register(registry);
  }

  void daysOff(long days) {
    daysOff.set(days);
  }

  void imported(ProviderFigures told) {
    Counter.builder("sluice.reconciliation.imports")
        .description("Days of provider's figures that came in")
        .tag("report", told.report().label())
        .tag("source", told.source().label())
        .register(registry)
        .increment();
  }

  /** {@code fetched} or {@code failed}. */
  void fetch(String outcome) {
    Counter.builder("sluice.reconciliation.fetches")
        .description("Days that the provider was asked for, by what came of it")
        .tag("outcome", outcome)
        .register(registry)
        .increment();
  }
}
