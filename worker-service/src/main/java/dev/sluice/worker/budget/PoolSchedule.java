package dev.sluice.worker.budget;

import dev.sluice.common.budget.Bandwidth;
import dev.sluice.common.budget.Pool;
import dev.sluice.common.budget.Tier;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.message.LimitingFactor;
import dev.sluice.common.message.WorkerReport.BandwidthReport;
import dev.sluice.common.topic.Priority;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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
  // How long after a start that had to wait the pool still counts as limited.
  private static final long LIMITED_FOR_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final double MOST_DUE = 16;

  private final Pool pool;
  private final SharedPool shared;
  private final BudgetSettings settings;
  private final LongSupplier nanoTime;
  private final Slots slots;
  private final Charges charges = new Charges();
  private final BudgetMeters meters;
  // Bounded by the intake: a request waits on its own thread, and the intake limits those.
  private final Line interactive = new Line(Priority.INTERACTIVE);
  private final Line background = new Line(Priority.BACKGROUND);
  private final Queue<Consumer<PoolState>> changes = new ConcurrentLinkedQueue<>();
  // Of a window alone, and worth no exchange of their own.
  private final Queue<Consumer<PoolState>> counted = new ConcurrentLinkedQueue<>();
  private final AtomicReference<@Nullable Told> levels = new AtomicReference<>();
  private final Thread thread;
  private volatile long mostTokens;
  private volatile boolean inWindow;
  private volatile @Nullable Seen seen;
  private volatile @Nullable Limited limited;
  private volatile boolean closed;

  /** The shared state as it was last read; {@code at} as {@code nanoTime}. */
  private record Seen(
      Map<Bandwidth, Long> limits,
      Map<Bandwidth, Long> available,
      double yielded,
      @Nullable ErrorCode circuit,
      long at) {
    /** The bandwidth that is furthest in debt, by its limit. */
    LimitingFactor inDebt() {
      return available.entrySet().stream()
          .filter(each -> each.getValue() <= 0)
          .min(
              Comparator.comparingDouble(
                  each -> (double) each.getValue() / limits.getOrDefault(each.getKey(), 1L)))
          .map(each -> LimitingFactor.of(each.getKey()))
          .orElse(LimitingFactor.IDLE);
    }
  }

  /** The bandwidth that set a start, and that start; as {@code nanoTime}. */
  private record Limited(Bandwidth by, long startAt) {}

  /** What the provider said in answer to a request of that charge; times as {@code nanoTime}. */
  private record Told(Levels levels, long own, long sentAt, long at) {}

  /** The heads of the lines for which there were slots; those are taken. */
  private record Offer(List<Line.Waiting> interactive, List<Line.Waiting> background) {
    static final Offer NONE = new Offer(List.of(), List.of());
  }

  /**
   * What one exchange tells and asks.
   *
   * @param change all of it
   */
  private record Exchange(
      List<Consumer<PoolState>> told,
      List<Consumer<PoolState>> known,
      @Nullable Told heard,
      Offer offer,
      boolean isTurn,
      AtomicReference<Optional<ErrorCode>> circuitBefore,
      Function<PoolState, PoolState.Slice> change) {}

  // Only the schedule's thread touches these.
  private @Nullable Exchange unanswered;
  private long turnAt;
  private long observeAt;
  private boolean answering = true;
  private int offered; // slots that are taken for an exchange, and held by no reservation yet
  private double backgroundDue; // slots that background requests may have before interactive ones

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
    this.slots = slots;
    this.pool = pool;
    this.shared = shared;
    this.settings = settings;
    this.nanoTime = nanoTime;
    this.meters = meters;
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
    line(priority).add(waiting);
    LockSupport.unpark(thread);
    return waiting.answer();
  }

  /** While a priority is paused, nothing of it is reserved. */
  void pause(Priority priority, boolean paused) {
    line(priority).pause(paused);
    wake();
  }

  /** A slot may have become free. */
  void wake() {
    if (waiting() > 0) LockSupport.unpark(thread);
  }

  private Line line(Priority priority) {
    return priority == Priority.INTERACTIVE ? interactive : background;
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
    charges.add(held.startAt(), -1, -held.tokens(), nanoTime.getAsLong());
    change(state -> state.giveBack(held.start(), held.tokens(), held.probe()));
  }

  void giveBackTokens(Reservation.Held held, long tokens) {
    charges.add(held.startAt(), 0, -tokens, nanoTime.getAsLong());
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
    return interactive.size() + background.size();
  }

  /** Whether somebody waits who may be reserved. */
  private boolean isReady() {
    return interactive.ready() + background.ready() > 0 && slots.areFree();
  }

  /** A reservation has ended, in whichever way. */
  void ended(Reservation.Held held) {
    line(held.priority()).inFlight(-1);
    slots.giveBack(1);
  }

  PoolActivity activity() {
    long now = nanoTime.getAsLong();
    var last = seen;
    return new PoolActivity(
        interactive.activity(),
        background.activity(),
        limitedBy(now),
        last == null ? Long.MAX_VALUE : TimeUnit.NANOSECONDS.toMillis(now - last.at()),
        last == null ? null : last.circuit(),
        last == null ? 0 : last.yielded(),
        last == null ? List.of() : bandwidths(last, now));
  }

  private LimitingFactor limitedBy(long now) {
    var last = seen;
    if (last != null && last.circuit() != null) return LimitingFactor.CIRCUIT_OPEN;
    var start = limited;
    if (waiting() > 0) {
      if (interactive.ready() + background.ready() == 0) return LimitingFactor.PAUSED;
      if (!slots.areFree()) return LimitingFactor.CONCURRENCY;
    }
    if (start != null && now - start.startAt() < LIMITED_FOR_NANOS)
      return LimitingFactor.of(start.by());
    // Other workers' requests may have had every start lately
    return waiting() > 0 && last != null ? last.inDebt() : LimitingFactor.IDLE;
  }

  private List<BandwidthReport> bandwidths(Seen last, long now) {
    var used = charges.used(now);
    var reserved = charges.reserved(now);
    return last.limits().entrySet().stream()
        .map(limit -> {
          boolean tokens = limit.getKey().countsTokens();
          return new BandwidthReport(
              limit.getKey(),
              limit.getValue(),
              last.available().getOrDefault(limit.getKey(), 0L),
              tokens ? used.tokens() : used.requests(),
              tokens ? reserved.tokens() : reserved.requests());
        })
        .toList();
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
      giveBackOffered();
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
    var offer = isTurn ? offer() : Offer.NONE;
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
      giveBackOffered();
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
    int first = grant(interactive, offer.interactive(), changed.result().interactive(), changed);
    int second = grant(background, offer.background(), changed.result().background(), changed);
    keepShare(offer, first, second);
    if (exchange.isTurn) turnAt = nextTurn(changed);
  }

  /** Interactive requests go first, but for the share of scarce slots that background ones keep. */
  private Offer offer() {
    var first = interactive.head();
    var second = background.head();
    int free = slots.take(first.size() + second.size());
    offered = free;
    int due = Math.max((int) backgroundDue, free - first.size());
    int forBackground = Math.clamp(due, 0, Math.min(free, second.size()));
    return new Offer(
        first.subList(0, Math.min(first.size(), free - forBackground)),
        second.subList(0, forBackground));
  }

  private void giveBackOffered() {
    slots.giveBack(offered);
    offered = 0;
  }

  private void keepShare(Offer offer, int interactiveGranted, int backgroundGranted) {
    boolean scarce = offer.background().size() < background.ready() + backgroundGranted;
    double due =
        backgroundDue + interactiveGranted * settings.backgroundShare() - backgroundGranted;
    backgroundDue = scarce ? Math.clamp(due, 0, MOST_DUE) : 0;
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
    see(changed.state(), changed.at());
    tellCircuit(before, changed.state().circuit());
  }

  private void see(PoolState state, long at) {
    var available = new EnumMap<Bandwidth, Long>(Bandwidth.class);
    state.limits().keySet().forEach(each -> available.put(each, state.buckets().available(each)));
    seen = new Seen(state.limits(), available, state.yielded(), state.circuit().orElse(null), at);
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
      Line line,
      List<Line.Waiting> head,
      List<PoolState.Start> starts,
      SharedPool.Changed<PoolState.Slice> changed) {
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
              line.priority(),
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
    charges.add(held.startAt(), 1, held.tokens(), nanoTime.getAsLong());
    if (held.limitedBy() != null) limited = new Limited(held.limitedBy(), held.startAt());
    line.inFlight(1);
    if (waiting.answer().complete(held)) {
      offered--;
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
