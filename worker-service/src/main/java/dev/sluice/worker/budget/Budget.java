package dev.sluice.worker.budget;

import dev.sluice.common.budget.Pool;
import dev.sluice.common.budget.Tier;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.Priority;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The account's pools, shared exactly by every worker. Thread-safe; nothing blocks. */
public final class Budget implements AutoCloseable {
  private final Map<String, PoolSchedule> schedules;
  private final Slots slots;
  private final BudgetMeters meters;

  /**
   * @param slots of this worker, which the schedules share
   */
  Budget(
      Collection<Pool> pools,
      Function<Pool, PoolSchedule> schedule,
      Slots slots,
      BudgetMeters meters) {
    this.schedules = pools.stream().collect(Collectors.toUnmodifiableMap(Pool::name, schedule));
    this.slots = slots;
    this.meters = meters;
    slots.onFree(() -> schedules.values().forEach(PoolSchedule::wake));
    for (var pool : pools)
      meters.watch(
          pool.name(), pool.tier().limits().keySet(), () -> schedule(pool.name()).waiting());
  }

  /**
   * Reserves one request and its tokens; completes when it has a start time. Cancel the future to
   * leave the line.
   *
   * @param tokens what the provider will charge when it admits the request
   * @param acceptedAt first come, first served by this, whichever worker has the request
   */
  public CompletableFuture<Reservation> reserve(
      String pool, Priority priority, long tokens, Instant acceptedAt) {
    return schedule(pool).reserve(priority, tokens, acceptedAt);
  }

  /**
   * Sets the limits of a pool while it runs; what is spent stays spent.
   *
   * @param limits null to go back to what is configured
   */
  public void limits(String pool, @Nullable Tier limits) {
    var schedule = schedules.get(pool);
    if (schedule != null) schedule.limits(limits); // else a pool that this tier does not open
  }

  /**
   * Whether the start is so long past, for this worker stood still, that the call would come beside
   * those that the time since was given to. Then it is to be given back and reserved anew.
   */
  public boolean isStale(Reservation.Held held) {
    return schedule(held.pool()).isStale(held);
  }

  /**
   * Sets how many calls this worker may have under way at once, over all pools. More than that
   * finish; none begins until there are fewer.
   */
  public void concurrency(int most) {
    slots.limit(most);
  }

  /** Lets no request of these lanes start, and those of all others. */
  public void pause(Set<Lane> lanes) {
    schedules.forEach((pool, schedule) -> {
      for (var priority : Priority.values())
        schedule.pause(priority, lanes.contains(new Lane(pool, priority)));
    });
  }

  /** The pool as this worker sees it now. */
  public PoolActivity activity(String pool) {
    return schedule(pool).activity();
  }

  /** The call that this was held for was not made. */
  public void giveBack(Reservation.Held held) {
    ended(held);
    schedule(held.pool()).giveBack(held);
  }

  /**
   * The call was made and has ended, well or not. Most providers charge when they admit and give
   * nothing back, so neither do we; a pool that {@code refunds} gets back what was not used.
   *
   * @param used input and output tokens of the call, or what was reserved where nobody knows
   * @param answered whether a whole answer came: then a closed pool is opened
   */
  public void settle(Reservation.Held held, long used, boolean answered) {
    ended(held);
    var schedule = schedule(held.pool());
    meters.used(held.pool(), schedule.refunds() ? used : held.tokens());
    if (schedule.refunds() && used < held.tokens())
      schedule.giveBackTokens(held, held.tokens() - used);
    if (!held.probe()) return;
    if (answered) schedule.closeCircuit();
    else schedule.probeAgain();
  }

  /**
   * The provider told its own counters in answer to a call, just now.
   *
   * @param sentAt when the call was made, on the monotonic clock, ns
   */
  public void observe(Reservation.Held held, Levels levels, long sentAt) {
    schedule(held.pool()).observe(held, levels, sentAt);
  }

  /**
   * The call ended with a refusal for the rate limit; every worker waits.
   *
   * @param retryIn the provider's own wish; zero where it named none
   * @param grewTooFast whether the traffic grew too fast within the limits
   */
  public void refused(Reservation.Held held, Duration retryIn, boolean grewTooFast) {
    ended(held);
    // It counted the request, not its tokens
    schedule(held.pool()).giveBackTokens(held, held.tokens());
    schedule(held.pool()).refused(retryIn.toNanos(), grewTooFast);
    if (held.probe()) schedule(held.pool()).closeCircuit();
  }

  /**
   * The call ended with a refusal that every other would meet, until a person has acted: no worker
   * calls it for this pool any more, but for a probe now and then.
   */
  public void close(Reservation.Held held, ErrorCode why) {
    ended(held);
    schedule(held.pool()).openCircuit(why, held.probe());
  }

  private void ended(Reservation.Held held) {
    schedule(held.pool()).ended(held);
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
