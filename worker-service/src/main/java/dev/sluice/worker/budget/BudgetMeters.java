package dev.sluice.worker.budget;

import dev.sluice.common.budget.Bandwidth;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.ToDoubleFunction;

/** What the budget tells its operators. */
final class BudgetMeters {
  private final MeterRegistry registry;
  private final Map<String, Seen> pools = new ConcurrentHashMap<>();

  /** The pool as this worker last saw it. */
  private static final class Seen {
    final Map<Bandwidth, Long> limits = new ConcurrentHashMap<>();
    final Map<Bandwidth, Long> available = new ConcurrentHashMap<>();
    volatile double yielded;
    volatile double share = 1;
    volatile boolean open;
  }

  BudgetMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  void watch(String pool, Iterable<Bandwidth> bandwidths, IntSupplier waiting) {
    var seen = new Seen();
    pools.put(pool, seen);
    Gauge.builder("sluice.budget.waiting", waiting, IntSupplier::getAsInt)
        .description("Requests of this worker that wait to be reserved")
        .tag("pool", pool)
        .register(registry);
    for (var bandwidth : bandwidths) {
      var tags = Tags.of("pool", pool, "bandwidth", bandwidth.name());
      gauge("sluice.budget.limit", "Limit in force", tags, seen, it -> value(it.limits, bandwidth));
      gauge(
          "sluice.budget.available",
          "What could be taken now without waiting; negative for a debt",
          tags,
          seen,
          it -> value(it.available, bandwidth));
    }
    gauge(
        "sluice.budget.yielded",
        "Share of the limits that is left to others on the account, by the provider's own counters",
        Tags.of("pool", pool),
        seen,
        it -> it.yielded);
    gauge(
        "sluice.budget.share",
        "Share of the limits that is used: less after a refusal, until the pool has climbed back",
        Tags.of("pool", pool),
        seen,
        it -> it.share);
    gauge(
        "sluice.budget.circuit.open",
        "1 while the pool is closed for a refused key or an account without credit",
        Tags.of("pool", pool),
        seen,
        it -> it.open ? 1 : 0);
  }

  private void gauge(
      String name, String description, Tags tags, Seen seen, ToDoubleFunction<Seen> value) {
    Gauge.builder(name, seen, value).description(description).tags(tags).register(registry);
  }

  private static double value(Map<Bandwidth, Long> values, Bandwidth bandwidth) {
    return values.getOrDefault(bandwidth, 0L);
  }

  void state(String pool, PoolState state) {
    var seen = pools.get(pool);
    if (seen == null) return;
    state
        .limits()
        .forEach((bandwidth, limit) -> {
          seen.limits.put(bandwidth, limit);
          seen.available.put(bandwidth, state.buckets().available(bandwidth));
        });
    seen.yielded = state.yielded();
    seen.share = state.share();
    seen.open = state.circuit().isPresent();
  }

  /**
   * @param stepNanos from asking to being told the start
   * @param startInNanos from being told to the start
   */
  void reserved(Reservation.Held held, long stepNanos, long startInNanos) {
    Timer.builder("sluice.budget.reservation")
        .description("From asking for tokens to holding them; the start may be later")
        .tag("pool", held.pool())
        .publishPercentiles(0.5, 0.99)
        .register(registry)
        .record(stepNanos, TimeUnit.NANOSECONDS);
    var limitedBy = held.limitedBy();
    Timer.builder("sluice.budget.start.wait")
        .description("From holding tokens to the start, by the bandwidth that sets it")
        .tags("pool", held.pool(), "limiting_factor", limitedBy == null ? "none" : limitedBy.name())
        .register(registry)
        .record(startInNanos, TimeUnit.NANOSECONDS);
  }

  void used(String pool, long tokens) {
    Counter.builder("sluice.budget.used")
        .description("Tokens of the pool that calls have used, as the provider charges them")
        .baseUnit("tokens")
        .tag("pool", pool)
        .register(registry)
        .increment(tokens);
  }

  void exchanged(String pool, boolean replaced) {
    Counter.builder("sluice.budget.exchanges")
        .description("Round trips to Redis; a conflict is one that another worker came before")
        .tags("pool", pool, "outcome", replaced ? "replaced" : "conflict")
        .register(registry)
        .increment();
  }

  void restored(String pool) {
    Counter.builder("sluice.budget.restored")
        .description("Times that Redis had lost the state and this worker put it back")
        .tag("pool", pool)
        .register(registry)
        .increment();
  }
}
