package dev.sluice.api.ops;

import dev.sluice.api.settings.Settings;
import dev.sluice.common.budget.Pool;
import dev.sluice.common.message.ConcurrencySet;
import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.Priority;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The overview, looked at anew when somebody asks and half a second has passed. Thread-safe; blocks
 * for a few round trips at most.
 */
final class FleetWatch {
  private static final Duration FRESH = Duration.ofMillis(500);

  private final FleetStore store;
  private final Backlogs backlogs;
  private final Settings settings;
  private final List<Pool> pools;
  private final LongSupplier openDeadLetters;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Rates rates = new Rates(); // guarded by this
  private @Nullable Overview last; // guarded by this
  private long lookedAt; // guarded by this

  FleetWatch(
      FleetStore store,
      Backlogs backlogs,
      Settings settings,
      List<Pool> pools,
      LongSupplier openDeadLetters,
      InstantSource clock,
      LongSupplier nanoTime) {
    this.store = store;
    this.backlogs = backlogs;
    this.settings = settings;
    this.pools = pools;
    this.openDeadLetters = openDeadLetters;
    this.clock = clock;
    this.nanoTime = nanoTime;
  }

  /** Of the open pools. */
  static List<Lane> lanes(List<Pool> pools) {
    return pools.stream()
        .flatMap(pool ->
            Arrays.stream(Priority.values()).map(priority -> new Lane(pool.name(), priority)))
        .toList();
  }

  synchronized Overview overview() {
    long now = nanoTime.getAsLong();
    if (last == null || now - lookedAt >= FRESH.toNanos()) {
      last = look(now);
      lookedAt = now;
    }
    return last;
  }

  private Overview look(long now) {
    var counts = backlogs.count();
    var fleet = store.read(lanes(pools));
    return new Sight(
            new Sight.Inputs(
                clock.instant(),
                pools,
                settings::limits,
                settings::isPaused,
                settings.last(ConcurrencySet.KEY, ConcurrencySet.class),
                fleet,
                counts,
                rates.accepted(counts, now),
                backlogs::oldest,
                openDeadLetters.getAsLong()))
        .overview();
  }

  /** Every worker that is known, as of now. */
  List<SeenWorker> workers() {
    return store.read(List.of()).workers();
  }
}
