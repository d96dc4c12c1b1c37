package dev.sluice.worker.intake;

import dev.sluice.common.topic.Lane;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What the intake tells its operators. */
final class IntakeMeters {
  private final MeterRegistry registry;
  private final Map<Lane, AtomicInteger> inFlight = new ConcurrentHashMap<>();

  IntakeMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  void started(Lane lane) {
    inFlight.computeIfAbsent(lane, this::gauge).incrementAndGet();
    Counter.builder("sluice.intake.started")
        .description("Requests started, redeliveries included")
        .tags("pool", lane.pool(), "priority", lane.priority().label())
        .register(registry)
        .increment();
  }

  void ended(Lane lane) {
    inFlight.computeIfAbsent(lane, this::gauge).decrementAndGet();
  }

  private AtomicInteger gauge(Lane lane) {
    var value = new AtomicInteger();
    Gauge.builder("sluice.intake.in.flight", value, AtomicInteger::get)
        .description("Requests that this worker works on now")
        .tags("pool", lane.pool(), "priority", lane.priority().label())
        .register(registry);
    return value;
  }
}
