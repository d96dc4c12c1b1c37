package dev.sluice.api.ops;

import dev.sluice.api.settings.Settings;
import dev.sluice.common.message.WorkerConcurrencySet;
import dev.sluice.common.message.WorkerDrain;
import dev.sluice.common.message.WorkerReport;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the workers for the metrics, and drops what was set for those that are gone for good. One
 * timer thread.
 */
final class GoneWorkers implements AutoCloseable {
  /*
   * A worker is gone for good when this instance has not seen it for as long as workers are
   * remembered. It goes by its own memory, not by Redis alone: one that was flushed knows nobody.
   * Several instances may drop the same setting; that does no harm.
   */
  private static final Logger log = LoggerFactory.getLogger(GoneWorkers.class);
  private static final Duration EVERY = Duration.ofSeconds(5);

  private final Supplier<List<SeenWorker>> workers;
  private final Settings settings;
  private final LongSupplier nanoTime;
  private final Map<String, Long> lastSeen = new HashMap<>(); // the timer's alone
  private volatile Map<SeenWorker.State, Long> counts = Map.of();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("gone-workers").daemon().factory());

  GoneWorkers(
      Supplier<List<SeenWorker>> workers,
      Settings settings,
      LongSupplier nanoTime,
      MeterRegistry registry) {
    this.workers = workers;
    this.settings = settings;
    this.nanoTime = nanoTime;
    for (var state : SeenWorker.State.values())
      Gauge.builder("sluice.workers", () -> counts.getOrDefault(state, 0L))
          .description("Workers by what they are doing; lost ones are remembered for ten minutes")
          .tag("state", state.label())
          .register(registry);
  }

  void start() {
    var _ =
        timer.scheduleWithFixedDelay(this::guardedLook, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void guardedLook() {
    try {
      look();
    } catch (RuntimeException unavailable) { // a timer that throws never runs again
      log.atDebug()
          .addKeyValue("cause", unavailable.toString())
          .log("Workers cannot be counted now");
    }
  }

  void look() {
    var now = nanoTime.getAsLong();
    var byState = new HashMap<SeenWorker.State, Long>();
    for (var worker : workers.get()) {
      byState.merge(worker.state(), 1L, Long::sum);
      lastSeen.put(worker.report().id(), now);
    }
    counts = byState;
    for (var set : settings.all(WorkerConcurrencySet.class)) forget(set.worker(), set.key(), now);
    for (var set : settings.all(WorkerDrain.class)) forget(set.worker(), set.key(), now);
  }

  private void forget(String worker, String key, long now) {
    long unseen = now - lastSeen.computeIfAbsent(worker, _ -> now);
    if (unseen <= WorkerReport.MEMORY.toNanos()) return;
    settings.forget(key);
    log.atInfo()
        .addKeyValue("setting", key)
        .log("A worker is gone; what was set for it is dropped");
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
