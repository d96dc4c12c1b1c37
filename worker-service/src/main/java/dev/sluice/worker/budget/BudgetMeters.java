package dev.sluice.worker.budget;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.IntSupplier;

/** What the budget tells its operators. */
final class BudgetMeters {
  private final MeterRegistry registry;

  BudgetMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  void watch(String pool, IntSupplier waiting) {
    Gauge.builder("sluice.budget.waiting", waiting, IntSupplier::getAsInt)
        .description("Requests of this worker that wait to be reserved")
        .tag("pool", pool)
        .register(registry);
  }

  void used(String pool, long tokens) {
    Counter.builder("sluice.budget.used")
        .description("Tokens of the pool that calls have used, as the provider charges them")
        .baseUnit("tokens")
        .tag("pool", pool)
        .register(registry)
        .increment(tokens);
  }
}
