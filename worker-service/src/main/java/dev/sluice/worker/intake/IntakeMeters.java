package dev.sluice.worker.intake;

import dev.sluice.common.topic.Lane;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** What the intake tells its operators. */
final class IntakeMeters {
  private final MeterRegistry registry;
  private final Map<Lane, AtomicInteger> inFlight = new ConcurrentHashMap<>();
  private final Map<Lane, Long> fetched = new ConcurrentHashMap<>();

  IntakeMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /**
   * @param handedOver since when the oldest request waits that is no longer the intake's
   */
  void watch(
      Iterable<Lane> lanes, Function<Lane, Optional<Instant>> handedOver, InstantSource clock) {
    for (var lane : lanes)
      Gauge.builder("sluice.intake.oldest.age", () -> age(lane, handedOver, clock))
          .description("Since when the oldest request of this worker waits for its call to begin")
          .baseUnit("seconds")
          .tags("pool", lane.pool(), "priority", lane.priority().label())
          .register(registry);
  }

  private double age(Lane lane, Function<Lane, Optional<Instant>> handedOver, InstantSource clock) {
    long now = clock.millis();
    long oldest = fetched.getOrDefault(lane, now);
    oldest = Math.min(oldest, handedOver.apply(lane).map(Instant::toEpochMilli).orElse(now));
    return Math.max(0, now - oldest) / 1000.0;
  }

  /** No record of the lane is fetched that has not been started. */
  void nothingFetched(Lane lane) {
    fetched.remove(lane);
  }

  /**
   * @param since when the oldest record came that is fetched and not started, ms since the epoch
   */
  void fetched(Lane lane, long since) {
    fetched.put(lane, since);
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
