package dev.sluice.api.ops;

import dev.sluice.api.settings.Settings;
import dev.sluice.common.budget.BudgetProperties;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.id.Caller;
import dev.sluice.common.message.ConcurrencySet;
import dev.sluice.common.message.LanePaused;
import dev.sluice.common.message.SettingChange;
import dev.sluice.common.message.WorkerConcurrencySet;
import dev.sluice.common.message.WorkerDrain;
import dev.sluice.common.topic.Lane;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * What operators see of the fleet, and its controls: concurrency, pause, drain. A change answers
 * once it is safe in Kafka; every worker has it within a second.
 */
@RestController
class FleetControls {
  private final FleetWatch fleet;
  private final Settings settings;
  private final BudgetProperties budget;
  private final InstantSource clock;

  FleetControls(FleetWatch fleet, Settings settings, BudgetProperties budget, InstantSource clock) {
    this.fleet = fleet;
    this.settings = settings;
    this.budget = budget;
    this.clock = clock;
  }

  record PerWorker(@Nullable Long perWorker) {}

  record Value(@Nullable Long value) {}

  record Paused(@Nullable Boolean paused) {}

  record Drain(@Nullable Boolean drain) {}

  @GetMapping("/api/ops/overview")
  Overview overview() {
    return fleet.overview();
  }

  @PutMapping("/api/ops/concurrency")
  SettingView concurrency(@RequestBody PerWorker wanted, Caller caller) {
    int perWorker = concurrency("per_worker", wanted.perWorker());
    return set(new ConcurrencySet(perWorker, caller.user(), clock.instant(), Map.of()));
  }

  /** Back to what is configured. */
  @DeleteMapping("/api/ops/concurrency")
  SettingView resetConcurrency(Caller caller) {
    return set(new ConcurrencySet(null, caller.user(), clock.instant(), Map.of()));
  }

  @PutMapping("/api/ops/workers/{worker}/concurrency")
  SettingView workerConcurrency(
      @PathVariable String worker, @RequestBody Value wanted, Caller caller) {
    int concurrency = concurrency("value", wanted.value());
    requireKnown(worker);
    return set(
        new WorkerConcurrencySet(worker, concurrency, caller.user(), clock.instant(), Map.of()));
  }

  /** Back to that of the fleet. */
  @DeleteMapping("/api/ops/workers/{worker}/concurrency")
  SettingView resetWorkerConcurrency(@PathVariable String worker, Caller caller) {
    var key = WorkerConcurrencySet.key(worker);
    if (settings.last(key, WorkerConcurrencySet.class).isEmpty()) requireKnown(worker);
    return set(new WorkerConcurrencySet(worker, null, caller.user(), clock.instant(), Map.of()));
  }

  @PutMapping("/api/ops/workers/{worker}/drain")
  SettingView drain(@PathVariable String worker, @RequestBody Drain wanted, Caller caller) {
    if (wanted.drain() == null) throw missing("drain", "true or false");
    var key = WorkerDrain.key(worker);
    if (settings.last(key, WorkerDrain.class).isEmpty()) requireKnown(worker);
    return set(new WorkerDrain(worker, wanted.drain(), caller.user(), clock.instant(), Map.of()));
  }

  @PutMapping("/api/ops/lanes/{lane}/paused")
  SettingView pause(@PathVariable String lane, @RequestBody Paused wanted, Caller caller) {
    if (wanted.paused() == null) throw missing("paused", "true or false");
    return set(
        new LanePaused(lane(lane), wanted.paused(), caller.user(), clock.instant(), Map.of()));
  }

  /**
   * What was set, as the audit names it.
   *
   * @param value null for what is configured
   */
  record SettingView(String setting, @Nullable Object value, String by, Instant at) {}

  private SettingView set(SettingChange wanted) {
    settings.set(wanted);
    return new SettingView(wanted.key(), wanted.value(), wanted.by(), wanted.at());
  }

  private static int concurrency(String name, @Nullable Long value) {
    if (value == null) throw missing(name, "a number");
    if (value < 1 || value > ConcurrencySet.MOST)
      throw new SluiceException(
          ErrorCode.INVALID_VALUE,
          "Concurrency must be from 1 to %,d calls at once. To stop a worker, drain it; to stop a lane, pause it."
              .formatted(ConcurrencySet.MOST),
          name);
    return value.intValue();
  }

  private static SluiceException missing(String name, String what) {
    return new SluiceException(
        ErrorCode.MISSING_REQUIRED_PARAMETER, "Set %s to %s.".formatted(name, what), name);
  }

  private Lane lane(String label) {
    return FleetWatch.lanes(budget.open()).stream()
        .filter(lane -> lane.label().equals(label))
        .findFirst()
        .orElseThrow(() -> notFound("lane", label));
  }

  private void requireKnown(String worker) {
    if (fleet.workers().stream().noneMatch(seen -> seen.report().id().equals(worker)))
      throw notFound("worker", worker);
  }

  private static SluiceException notFound(String kind, String name) {
    return new SluiceException(
        ErrorCode.NOT_FOUND,
        "There is no %s '%s'. See GET /api/ops/overview.".formatted(kind, name));
  }
}
