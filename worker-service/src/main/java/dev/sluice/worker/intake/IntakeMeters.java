package dev.sluice.worker.intake;

import dev.sluice.common.topic.Lane;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the intake tells its operators. */
final class IntakeMeters {
  private final MeterRegistry registry;
  private final Map<Lane, AtomicInteger> inFlight = new ConcurrentHashMap<>();

  IntakeMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /**
   * @param oldest when the oldest request was put on its lane that has not begun; null: there is
   *     none
   */
  void watch(Iterable<Lane> lanes, Function<Lane, @Nullable Instant> oldest, InstantSource clock) {
    for (var lane : lanes)
      Gauge.builder("sluice.intake.oldest.age", () -> age(oldest.apply(lane), clock))
          .description("Since when the oldest request of this worker waits for its call to begin")
          .baseUnit("seconds")
          .tags("pool", lane.pool(), "priority", lane.priority().label())
          .register(registry);
  }

  private static double age(@Nullable Instant since, InstantSource clock) {
    return since == null ? 0 : Math.max(0, clock.millis() - since.toEpochMilli()) / 1000.0;
  }

  void started(Lane lane) {
    inFlight.computeIfAbsent(lane, this::gauge).incrementAndGet();
    Counter.builder("sluice.intake.started")
        .description("Requests started, redeliveries included")
        .tags("pool", lane.pool(), "priority", lane.priority().label())
        .register(registry)
        .increment();
  }

  /** A record came that had ended under another owner; it is passed over. */
  void endedBefore(Lane lane) {
    Counter.builder("sluice.intake.ended.before")
        .description("Records passed over, since they had ended under another owner")
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
