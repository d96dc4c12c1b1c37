package dev.sluice.worker.budget;

import dev.sluice.common.budget.Bandwidth;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pool's shared state, as one worker changes it: reads, decides, replaces, and decides anew if
 * another worker was faster. Confined to one thread.
 */
final class SharedPool {
  /*
   * The state is remembered between changes, so that a change costs one round trip as long as no
   * other worker came in between, and so that it can be put back if Redis loses it: flushed, failed
   * over to a replica that lagged, restarted from a log that lacked its last second. Whoever
   * remembers the latest should put it back, so a worker that has not looked for a while, or never,
   * lets the others go first.
   */
  /*
   * A change that Redis does not answer may have been made all the same. It is remembered with what
   * it came to, and each state names the last change of every worker: so the next state that is read
   * says whether it was made. Commands of one connection are carried out in order, so it cannot be
   * made after that.
   */
  private static final Logger log = LoggerFactory.getLogger(SharedPool.class);

  private static final long FRESH_NANOS = 1_000_000_000L;
  private static final long OTHERS_FIRST_MS = 300;
  private static final byte[] NOT_STORED = {0};

  private final String pool;
  private final long worker;
  private final StateStore store;
  private final BudgetSettings settings;
  private volatile Map<Bandwidth, Long> limits; // any thread may set it
  private final RandomGenerator random;
  private final LongSupplier nanoTime;
  private final RedisClock clock;
  private final BudgetMeters meters;

  private byte[] stored = StateStore.NONE; // what we believe is stored
  private byte @Nullable [] remembered; // the newest state that we know was stored
  private long rememberedAt;
  private boolean deferred;
  private long changes;
  private @Nullable Unanswered<?> unanswered;

  /**
   * @param worker tells this worker from the others
   */
  SharedPool(
      String pool,
      long worker,
      StateStore store,
      BudgetSettings settings,
      Map<Bandwidth, Long> limits,
      RandomGenerator random,
      LongSupplier nanoTime,
      BudgetMeters meters) {
    this.pool = pool;
    this.worker = worker;
    this.store = store;
    this.settings = settings;
    this.limits = limits;
    this.random = random;
    this.nanoTime = nanoTime;
    this.clock = new RedisClock(nanoTime);
    this.meters = meters;
  }

  /** What a change came to, and when: {@code at} is the local monotonic time it was decided for. */
  record Changed<R>(R result, PoolState state, long at) {}

  private record Unanswered<R>(Function<PoolState, R> change, long number, Changed<R> changed) {}

  /** Tells this worker from the others. */
  long worker() {
    return worker;
  }

  /**
   * Applies {@code change} to the shared state. It may be tried several times, each time on a newer
   * state, and must do nothing else.
   *
   * @throws StateUnavailableException if Redis does not answer. The change may have been made all
   *     the same: before another, {@link #find} says so
   */
  <R> Changed<R> change(Function<PoolState, R> change) throws InterruptedException {
    unanswered = null;
    long number = ++changes;
    if (!clock.isKnown()) read();
    while (true) {
      long local = nanoTime.getAsLong();
      long now = clock.at(local);
      var state = stateToChange(now);
      if (state == null) continue; // others go first
      state.moveTo(now);
      var result = change.apply(state);
      state.changedBy(worker, number);
      var changed = new Changed<>(result, state, local);
      if (replace(state.encode(), new Unanswered<>(change, number, changed))) return changed;
    }
  }

  /**
   * What the last change came to, if it was not answered and made all the same.
   *
   * @param change that last one
   * @throws StateUnavailableException if Redis does not answer yet
   */
  <R> Optional<Changed<R>> find(Function<PoolState, R> change) throws InterruptedException {
    var sought = unanswered;
    if (sought == null || sought.change != change) return Optional.empty();
    read();
    unanswered = null;
    boolean made =
        PoolState.decode(stored, settings, limits)
            .filter(state -> state.wasChangedBy(worker, sought.number))
            .isPresent();
    @SuppressWarnings("unchecked") // the same change has the same result
    var changed = (Changed<R>) sought.changed;
    return made ? Optional.of(changed) : Optional.empty();
  }

  /** From the next change on, the limits are these. Any thread may call it. */
  void limits(Map<Bandwidth, Long> newLimits) {
    limits = newLimits;
  }

  private @Nullable PoolState stateToChange(long now) throws InterruptedException {
    if (stored.length > 0) {
      var decoded = PoolState.decode(stored, settings, limits);
      if (decoded.isPresent() && !isOutdated(decoded.get())) return decoded.get();
    }
    if (!deferred && !remembersTheLatest()) {
      deferred = true;
      TimeUnit.MILLISECONDS.sleep(OTHERS_FIRST_MS);
      read();
      return null;
    }
    deferred = false;
    return restored(now);
  }

  private boolean remembersTheLatest() {
    return remembered != null && nanoTime.getAsLong() - rememberedAt < FRESH_NANOS;
  }

  private boolean isOutdated(PoolState state) {
    return remembered != null
        && !Arrays.equals(remembered, stored)
        && PoolState.decode(remembered, settings, limits)
            .filter(newer -> newer.isAheadOf(state))
            .isPresent();
  }

  private PoolState restored(long now) {
    if (remembered == null) return PoolState.unknown(settings, limits, random.nextLong(), now);
    var state = PoolState.decode(remembered, settings, limits);
    if (state.isEmpty()) return PoolState.unknown(settings, limits, random.nextLong(), now);
    meters.restored(pool);
    log.atWarn()
        .addKeyValue("pool", pool)
        .log("Redis has lost the state of the budget; it is put back, and the pool starts slowly");
    state.get().restoreAt(now);
    return state.get();
  }

  /** Whether {@code next} is what is stored now; if not, we know what is. */
  private boolean replace(byte[] next, Unanswered<?> asked) throws InterruptedException {
    unanswered = asked;
    var answer = ask(stored, next);
    unanswered = null;
    meters.exchanged(pool, answer.replaced());
    learn(answer.replaced() ? next : answer.current());
    return answer.replaced();
  }

  /** Learns the time and what is stored, and changes nothing. */
  private void read() throws InterruptedException {
    learn(ask(NOT_STORED, NOT_STORED).current());
  }

  private StateStore.Answer ask(byte[] expected, byte[] next) throws InterruptedException {
    long sentAt = nanoTime.getAsLong();
    var answer = store.replace(expected, next);
    clock.learn(sentAt, answer.at());
    return answer;
  }

  private void learn(byte[] nowStored) {
    stored = nowStored;
    if (stored.length == 0 || isLost()) return;
    remembered = stored;
    rememberedAt = nanoTime.getAsLong();
    deferred = false;
  }

  private boolean isLost() {
    return PoolState.decode(stored, settings, limits).filter(this::isOutdated).isPresent();
  }
}
