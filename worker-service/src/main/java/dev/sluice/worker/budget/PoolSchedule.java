package dev.sluice.worker.budget;

import dev.sluice.common.budget.Pool;
import dev.sluice.common.budget.Tier;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.topic.Priority;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The line in front of one pool, as this worker sees it. Thread-safe; nobody blocks. */
final class PoolSchedule implements AutoCloseable {
  /*
   * One thread talks to Redis for this worker and pool. Each exchange reserves a slice of the
   * schedule for the heads of the lines and carries along whatever else is to be told: what was
   * given back, what the provider said. Many threads on one hot key would compare-and-swap against
   * each other until nothing moves.
   *
   * An exchange that Redis has not answered is looked for before there is another: what was given
   * back must not be given back twice, and who was given a start is to be told.
   *
   * The pool is spent no further ahead than a horizon. What is not reserved can be cancelled for
   * nothing, and a worker that dies takes no more than a slice with it.
   */
  private static final Logger log = LoggerFactory.getLogger(PoolSchedule.class);

  private static final long AFTER_FAILURE_MS = 500;
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
  // A start that is later than both was given to others by now; a busy machine is not as late
  private static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int STALE_A_MINUTE = 20;
  // Levels that nothing else carries along are told this often.
  private static final int OBSERVE_A_MINUTE = 60;

  private final Pool pool;
  private final SharedPool shared;
  private final BudgetSettings settings;
  private final LongSupplier nanoTime;
  private final BudgetMeters meters;
  // Bounded by the intake: a request waits on its own thread, and the intake limits those.
  private final Lines lines;
  private final PoolGauge gauge = new PoolGauge();
  private final Queue<Consumer<PoolState>> changes = new ConcurrentLinkedQueue<>();
  // Of a window alone, and worth no exchange of their own.
  private final Queue<Consumer<PoolState>> counted = new ConcurrentLinkedQueue<>();
  private final AtomicReference<@Nullable Told> levels = new AtomicReference<>();
  private final Thread thread;
  private volatile long mostTokens;
  private volatile boolean inWindow;
  private volatile boolean closed;

  /** What the provider said in answer to a request of that charge; times as {@code nanoTime}. */
  private record Told(Levels levels, long own, long sentAt, long at) {}

  /**
   * What one exchange tells and asks.
   *
   * @param change all of it
   */
  private record Exchange(
      List<Consumer<PoolState>> told,
      List<Consumer<PoolState>> known,
      @Nullable Told heard,
      Lines.Offer offer,
      boolean isTurn,
      AtomicReference<Optional<ErrorCode>> circuitBefore,
      Function<PoolState, PoolState.Slice> change) {}

  // Only the schedule's thread touches these.
  private @Nullable Exchange unanswered;
  private long turnAt;
  private long observeAt;
  private boolean answering = true;

  /**
   * @param slots those of this worker, shared with its other pools
   */
  PoolSchedule(
      Pool pool,
      SharedPool shared,
      BudgetSettings settings,
      LongSupplier nanoTime,
      Slots slots,
      BudgetMeters meters) {
    this.pool = pool;
    this.shared = shared;
    this.settings = settings;
    this.nanoTime = nanoTime;
    this.meters = meters;
    this.lines = new Lines(slots, settings.backgroundShare());
    this.mostTokens = pool.tier().mostTokens();
    this.turnAt = nanoTime.getAsLong();
    this.observeAt = turnAt;
    // The first exchange makes a new pool's state, so that no request has to wait for it. And
    // whoever restarts a worker has perhaps just set another key
    this.changes.add(PoolState::probeAgain);
    this.thread = Thread.ofPlatform().name("budget-" + pool.name()).daemon().start(this::run);
  }

  /** Joins the line. Cancelling the answer leaves it, as long as it is not reserved. */
  CompletableFuture<Reservation> reserve(Priority priority, long tokens, Instant acceptedAt) {
    long most = mostTokens;
    if (tokens > most)
      return CompletableFuture.completedFuture(new Reservation.TooLarge(tokens, most));
    var waiting =
        new Line.Waiting(
            tokens, acceptedAt.toEpochMilli(), nanoTime.getAsLong(), new CompletableFuture<>());
    lines.of(priority).add(waiting);
    LockSupport.unpark(thread);
    return waiting.answer();
  }

  /** While a priority is paused, nothing of it is reserved. */
  void pause(Priority priority, boolean paused) {
    lines.of(priority).pause(paused);
    wake();
  }

  /** A slot may have become free. */
  void wake() {
    if (lines.waiting() > 0) LockSupport.unpark(thread);
  }

  /**
   * Other limits than those of the configuration.
   *
   * @param limits null for those of the configuration
   */
  void limits(@Nullable Tier limits) {
    shared.limits((limits == null ? pool.tier() : limits).limits());
    change(_ -> {});
  }

  boolean isStale(Reservation.Held held) {
    long most = Math.max(STALE_NANOS, settings.minute().toNanos() / STALE_A_MINUTE);
    return nanoTime.getAsLong() - held.startAt() > most;
  }

  void giveBack(Reservation.Held held) {
    gauge.gaveBack(held, nanoTime.getAsLong());
    change(state -> state.giveBack(held.start(), held.tokens(), held.probe()));
  }

  void giveBackTokens(Reservation.Held held, long tokens) {
    gauge.gaveBackTokens(held, tokens, nanoTime.getAsLong());
    change(state -> state.giveBackTokens(held.start(), tokens));
  }

  /**
   * @param sentAt when the call was made, on the monotonic clock, ns
   */
  void observe(Reservation.Held held, Levels seen, long sentAt) {
    long now = nanoTime.getAsLong();
    levels.set(new Told(seen, held.tokens(), sentAt, now));
    if (inWindow) {
      long countedAt = Math.min(now, sentAt + Window.LATE_NANOS);
      counted.add(
          state -> state.counted(held.start(), held.tokens(), nanoTime.getAsLong() - countedAt));
    }
    LockSupport.unpark(thread);
  }

  void refused(long retryInNanos, boolean grewTooFast) {
    change(state -> state.refused(retryInNanos, grewTooFast));
  }

  void openCircuit(ErrorCode why, boolean byProbe) {
    change(state -> {
      var _ = state.open(why, byProbe);
    });
  }

  void probeAgain() {
    change(PoolState::probeAgain);
  }

  void closeCircuit() {
    change(state -> {
      var _ = state.close();
    });
  }

  /** Whether the provider gives back at a call's end what it charged beyond what was used. */
  boolean refunds() {
    return pool.refunds();
  }

  int waiting() {
    return lines.waiting();
  }

  /** Whether somebody waits who may be reserved. */
  private boolean isReady() {
    return lines.ready() > 0 && lines.haveSlots();
  }

  /** A reservation has ended, in whichever way. */
  void ended(Reservation.Held held) {
    lines.ended(held.priority());
  }

  PoolActivity activity() {
    return gauge.activity(lines, nanoTime.getAsLong());
  }

  private void change(Consumer<PoolState> change) {
    changes.add(change);
    LockSupport.unpark(thread);
  }

  private void run() {
    try {
      while (!closed) {
        long wait = untilNext(nanoTime.getAsLong());
        if (wait > 0) LockSupport.parkNanos(this, wait);
        else guardedExchange();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** ns until there is something to tell or to ask Redis. */
  private long untilNext(long now) {
    if (!changes.isEmpty() || unanswered != null) return 0;
    long wait = TimeUnit.MINUTES.toNanos(1);
    if (isReady()) wait = Math.min(wait, turnAt - now);
    if (levels.get() != null) wait = Math.min(wait, observeAt - now);
    return wait;
  }

  /** A bug must not end the thread: everybody in the line would wait for ever. */
  private void guardedExchange() throws InterruptedException {
    var exchange = unanswered == null ? next() : unanswered;
    try {
      exchange(exchange);
    } catch (RuntimeException unforeseen) {
      unanswered = null;
      lines.giveBackOffered();
      exchange.told.forEach(changes::remove); // or it would fail for ever
      counted.clear();
      log.atError()
          .setCause(unforeseen)
          .addKeyValue("pool", pool.name())
          .log("The budget failed in an unforeseen way; it goes on. Check the pool's limits");
      TimeUnit.MILLISECONDS.sleep(AFTER_FAILURE_MS);
    }
  }

  private Exchange next() {
    var told = List.copyOf(changes);
    var known = List.copyOf(counted);
    var heard = levels.get();
    // A turn that nobody waits for would only put off the next one. What was changed may have freed
    // what the line waits for
    boolean isTurn = isReady() && (!told.isEmpty() || turnAt - nanoTime.getAsLong() <= 0);
    var offer = isTurn ? lines.offer() : Lines.Offer.NONE;
    var circuit = new AtomicReference<Optional<ErrorCode>>(Optional.empty());
    return new Exchange(
        told,
        known,
        heard,
        offer,
        isTurn,
        circuit,
        state -> {
          circuit.set(state.circuit());
          told.forEach(each -> each.accept(state));
          known.forEach(each -> each.accept(state));
          if (heard != null) tell(state, heard);
          return isTurn
              ? state.reserve(
                  shared.worker(), wants(offer.interactive()), wants(offer.background()))
              : PoolState.Slice.NONE;
        });
  }

  private void exchange(Exchange exchange) throws InterruptedException {
    try {
      if (unanswered == null) {
        unanswered = exchange;
        end(exchange, shared.change(exchange.change));
      } else {
        // If it was not made, the next one tells all of it again
        shared.find(exchange.change).ifPresent(made -> end(exchange, made));
      }
      unanswered = null;
      lines.giveBackOffered();
    } catch (StateUnavailableException unavailable) {
      if (answering)
        log.atWarn()
            .addKeyValue("pool", pool.name())
            .addKeyValue("cause", String.valueOf(unavailable.getMessage()))
            .log("Redis does not answer the budget; nothing is dispatched until it does");
      answering = false;
      TimeUnit.MILLISECONDS.sleep(AFTER_FAILURE_MS);
    }
  }

  private void end(Exchange exchange, SharedPool.Changed<PoolState.Slice> changed) {
    for (var each : exchange.told) changes.remove(each);
    for (var _ : exchange.known) counted.remove();
    levels.compareAndSet(exchange.heard, null);
    settled(changed, exchange.circuitBefore.get());
    var offer = exchange.offer;
    var granted = changed.result();
    int first = grant(Priority.INTERACTIVE, offer.interactive(), granted.interactive(), changed);
    int second = grant(Priority.BACKGROUND, offer.background(), granted.background(), changed);
    lines.granted(offer, first, second);
    if (exchange.isTurn) turnAt = nextTurn(changed);
  }

  private void tell(PoolState state, Told heard) {
    long now = nanoTime.getAsLong();
    state.observe(heard.levels(), heard.own(), now - heard.sentAt(), now - heard.at());
  }

  private void settled(SharedPool.Changed<PoolState.Slice> changed, Optional<ErrorCode> before) {
    if (!answering)
      log.atInfo().addKeyValue("pool", pool.name()).log("Redis answers the budget again");
    answering = true;
    observeAt = nanoTime.getAsLong() + settings.minute().toNanos() / OBSERVE_A_MINUTE;
    mostTokens = changed.state().mostTokens();
    inWindow = changed.state().feedback().countsInWindow();
    meters.state(pool.name(), changed.state());
    gauge.see(changed.state(), changed.at());
    tellCircuit(before, changed.state().circuit());
  }

  private void tellCircuit(Optional<ErrorCode> before, Optional<ErrorCode> after) {
    if (before.equals(after)) return;
    if (after.isEmpty()) {
      log.atInfo()
          .addKeyValue("pool", pool.name())
          .log("A probe succeeded; the pool is open again");
      return;
    }
    log.atError()
        .addKeyValue("pool", pool.name())
        .addKeyValue("code", after.get().code())
        .log(
            after.get() == ErrorCode.INSUFFICIENT_QUOTA
                ? "Provider account is out of credit; the pool is closed until a probe succeeds."
                    + " Top up, or raise the account's own limits"
                : "Provider refuses this service's key; the pool is closed until a probe succeeds."
                    + " Set OPENAI_API_KEY to a valid one and restart the workers");
  }

  /**
   * @return how many of them hold a reservation now
   */
  private int grant(
      Priority priority,
      List<Line.Waiting> head,
      List<PoolState.Start> starts,
      SharedPool.Changed<PoolState.Slice> changed) {
    var line = lines.of(priority);
    line.answered(head, starts.size());
    int granted = 0;
    for (int i = 0; i < starts.size(); i++) {
      var waiting = head.get(i);
      var start = starts.get(i);
      if (start.refused() != null) {
        waiting.answer().complete(new Reservation.Closed(start.refused()));
        continue;
      }
      var held =
          new Reservation.Held(
              pool.name(),
              priority,
              waiting.tokens(),
              changed.at() + start.inNanos(),
              changed.state().now() + start.inNanos(),
              start.limitedBy(),
              start.probe(),
              start.alone());
      meters.reserved(held, nanoTime.getAsLong() - waiting.since(), start.inNanos());
      if (hand(line, waiting, held)) granted++;
    }
    return granted;
  }

  private boolean hand(Line line, Line.Waiting waiting, Reservation.Held held) {
    gauge.reserved(held, nanoTime.getAsLong());
    line.inFlight(1);
    if (waiting.answer().complete(held)) {
      lines.taken();
      return true;
    }
    line.inFlight(-1);
    giveBack(held);
    return false;
  }

  private long nextTurn(SharedPool.Changed<PoolState.Slice> changed) {
    var slice = changed.result();
    if (slice.isEmpty()) return changed.at() + slice.againInNanos();
    // There is more to take as soon as the pool is no longer spent a horizon ahead
    return changed.at()
        + Math.min(LONGEST_PAUSE_NANOS, slice.lastStartIn() - settings.horizon().toNanos());
  }

  private static List<PoolState.Want> wants(List<Line.Waiting> waiting) {
    return waiting.stream()
        .map(each -> new PoolState.Want(each.tokens(), each.acceptedAt()))
        .toList();
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
