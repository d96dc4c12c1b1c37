package dev.sluice.simulator;

import dev.sluice.simulator.audit.AuditLog;
import dev.sluice.simulator.fault.FaultPlan;
import dev.sluice.simulator.limit.Catalogue;
import dev.sluice.simulator.limit.ProviderLimits;
import dev.sluice.simulator.wire.Ids;
import dev.sluice.simulator.wire.PromptCache;
import java.util.concurrent.atomic.AtomicReference;

/** All state of one simulated provider. Each part is thread-safe by itself. */
record Provider(
    Ticker ticker,
    ProviderLimits limits,
    FaultPlan faults,
    AuditLog audit,
    AtomicReference<Latency> latency,
    PromptCache promptCache,
    Ids ids) {
  private static final int AUDIT_LINES = 200_000;

  static Provider of(SimulatorOptions options) {
    var ticker = options.ticker();
    return new Provider(
        ticker,
        new ProviderLimits(Catalogue.load(), options.tier(), ticker.now()),
        new FaultPlan(),
        new AuditLog(ticker.dates(), AUDIT_LINES),
        new AtomicReference<>(options.latency()),
        new PromptCache(),
        new Ids());
  }
}
