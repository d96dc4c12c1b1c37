package dev.sluice.api.ops;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toUnmodifiableMap;

import dev.sluice.api.lanes.Pace;
import dev.sluice.api.lanes.Paces;
import dev.sluice.common.budget.Pool;
import dev.sluice.common.budget.Tier;
import dev.sluice.common.message.LimitingFactor;
import dev.sluice.common.topic.Lane;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How fast lanes move, by what the workers say about once a second and operators have set. Where
 * the workers cannot be asked, by the limits alone. One timer thread; thread-safe.
 */
final class FleetPaces implements Paces, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FleetPaces.class);
  private static final Duration EVERY = Duration.ofSeconds(1);
  // Older figures say nothing of now
  private static final long GOOD_FOR_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Supplier<List<SeenWorker>> workers;
  private final Map<String, Pool> pools;
  private final Function<Pool, Tier> limits;
  private final Predicate<Lane> paused;
  private final LongSupplier nanoTime;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("fleet-paces").daemon().factory());
  private volatile @Nullable Look last;

  /** The workers that are there, and when they were asked, ns. */
  private record Look(List<SeenWorker> there, long at) {}

  /**
   * @param workers blocks until they have been asked
   * @param limits in force
   */
  FleetPaces(
      Supplier<List<SeenWorker>> workers,
      List<Pool> pools,
      Function<Pool, Tier> limits,
      Predicate<Lane> paused,
      LongSupplier nanoTime) {
    this.workers = workers;
    this.pools = pools.stream().collect(toUnmodifiableMap(Pool::name, identity()));
    this.limits = limits;
    this.paused = paused;
    this.nanoTime = nanoTime;
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
          .log("The workers cannot be asked how fast they are");
    }
  }

  void look() {
    var there = workers.get().stream().filter(SeenWorker::isThere).toList();
    last = new Look(there, nanoTime.getAsLong());
  }

  @Override
  public Pace of(Lane lane) {
    if (paused.test(lane)) return Pace.halted(LimitingFactor.PAUSED);
    var granted = limits.apply(Objects.requireNonNull(pools.get(lane.pool())));
    var look = last;
    long now = nanoTime.getAsLong();
    if (look == null || now - look.at > GOOD_FOR_NANOS) return Pace.of(granted);
    return new FleetPace(lane.pool(), granted, look.there, now - look.at).pace();
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
