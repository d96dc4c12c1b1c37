package dev.sluice.worker.budget;

import dev.sluice.common.budget.Pool;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The account's pools, shared exactly by every worker. Thread-safe. */
public final class Budget implements AutoCloseable {
  private final Map<String, PoolSchedule> schedules;
  private final BudgetMeters meters;

  Budget(Iterable<Pool> pools, Function<Pool, PoolSchedule> schedule, BudgetMeters meters) {
    this.schedules =
        java.util.stream.StreamSupport.stream(pools.spliterator(), false)
            .collect(Collectors.toUnmodifiableMap(Pool::name, schedule));
    this.meters = meters;
    schedules.forEach((pool, line) -> meters.watch(pool, line::waiting));
  }

  /**
   * Reserves one request and its tokens; completes when it has a start time. Cancel the future to
   * leave the line.
   *
   * @param tokens what the provider will charge when it admits the request
   */
  public CompletableFuture<Reservation> reserve(String pool, long tokens) {
    return schedule(pool).reserve(tokens);
  }

  /** The call that this was held for was not made. */
  public void giveBack(Reservation.Held held) {
    schedule(held.pool()).giveBack(held);
  }

  /**
   * The call has ended. The provider charges when it admits and gives nothing back, so neither do
   * we: what was reserved is what was used.
   */
  public void settle(Reservation.Held held) {
    meters.used(held.pool(), held.tokens());
  }

  private PoolSchedule schedule(String pool) {
    var schedule = schedules.get(pool);
    if (schedule == null) throw new IllegalArgumentException("no such pool: " + pool);
    return schedule;
  }

  @Override
  public void close() {
    schedules.values().forEach(PoolSchedule::close);
  }
}
