package dev.sluice.worker.budget;

import static dev.sluice.worker.budget.BudgetFixtures.MIDNIGHT;

import dev.sluice.common.budget.Bandwidth;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Workers that share a pool, each with a backlog that never ends, one step of a millisecond after
 * the other. In each step some of them, in random order, change the state as a real worker does;
 * now and then one decides on a state that another has just replaced, and has to decide again.
 */
final class SimulatedFleet {
  private static final long STEP = 1_000_000L;
  private static final int HEAD = 64;
  private static final long LATEST = 80 * STEP;

  private final BudgetSettings settings;
  private final Map<Bandwidth, Long> limits;
  private final SplittableRandom random;
  private final int least;
  private final int most;
  private final List<Worker> workers = new ArrayList<>();
  private final List<Start> starts = new ArrayList<>();
  private byte[] stored = {};
  private long now = MIDNIGHT;
  private long redisAhead;
  private double cancelled;
  private long arrived;
  private @Nullable WindowProvider provider;
  private final PriorityQueue<Call> onTheirWay =
      new PriorityQueue<>(Comparator.comparingLong(Call::arrivesAt));

  private record Call(Worker worker, Start start, long poolStart, long arrivesAt) {}

  /** The head of an answer that a worker has received and not told anybody of. */
  private record Answer(Call call, boolean admitted, Levels levels, long at) {}

  /**
   * @param at when the call starts, ns
   */
  record Start(int worker, long at, long charge, long acceptedAt) {}

  private final class Worker {
    final int number;
    final Deque<PoolState.Want> backlog = new ArrayDeque<>();
    byte[] remembered = {};
    final List<Answer> untold = new ArrayList<>();
    long turnAt = now;

    Worker(int number) {
      this.number = number;
    }

    List<PoolState.Want> head() {
      while (backlog.size() < HEAD) arrive();
      return backlog.stream().limit(HEAD).toList();
    }
  }

  /** The next request, which falls to some worker: to the first half of them twice as often. */
  private void arrive() {
    int drawn = random.nextInt(workers.size() * 3);
    var worker = workers.get(drawn < workers.size() * 2 ? drawn / 4 : drawn % workers.size());
    arrived += 1 + random.nextInt(20);
    worker.backlog.addLast(new PoolState.Want(random.nextInt(least, most + 1), arrived));
  }

  SimulatedFleet(
      BudgetSettings settings,
      Map<Bandwidth, Long> limits,
      int workers,
      long seed,
      int least,
      int most) {
    this.settings = settings;
    this.limits = limits;
    this.random = new SplittableRandom(seed);
    this.least = least;
    this.most = most;
    for (int i = 0; i < workers; i++) this.workers.add(new Worker(i));
  }

  /** That share of what is reserved is given back at once. */
  SimulatedFleet cancelling(double share) {
    cancelled = share;
    return this;
  }

  /** What starts is called, and reaches the provider within {@value #LATEST} ms. */
  SimulatedFleet calling(WindowProvider called) {
    provider = called;
    return this;
  }

  void run(long nanos) {
    for (long end = now + nanos; now < end; now += STEP) {
      call();
      var turns = new ArrayList<Worker>();
      for (var worker : workers) if (worker.turnAt <= now) turns.add(worker);
      for (int left = turns.size(); left > 0; left--)
        take(turns.remove(random.nextInt(turns.size())));
    }
  }

  private void call() {
    if (provider == null) return;
    provider.pass(now);
    while (!onTheirWay.isEmpty() && onTheirWay.peek().arrivesAt <= now) {
      var call = onTheirWay.remove();
      boolean admitted = provider.call(call.start.charge);
      call.worker.untold.add(new Answer(call, admitted, provider.levels(), now));
    }
  }

  /** Redis is flushed. */
  void loseState() {
    stored = new byte[0];
  }

  /** Redis fails over to a machine whose clock differs. */
  void moveRedisClock(long nanos) {
    redisAhead += nanos;
  }

  private void take(Worker worker) {
    var head = worker.head();
    if (random.nextInt(5) == 0) decide(worker); // in vain: another was faster
    var state = decide(worker);
    var slice = state.reserve(worker.number, head, List.of());
    var kept = new ArrayList<Start>();
    for (var start : slice.interactive()) {
      var want = worker.backlog.removeFirst();
      long poolStart = state.now() + start.inNanos();
      if (random.nextDouble() < cancelled) {
        state.giveBack(poolStart, want.charge(), false);
        continue;
      }
      var begun = new Start(worker.number, now + start.inNanos(), want.charge(), want.since());
      kept.add(begun);
      onTheirWay.add(new Call(worker, begun, poolStart, begun.at + random.nextLong(LATEST)));
    }
    starts.addAll(kept);
    worker.untold.clear();
    stored = state.encode();
    worker.remembered = stored;
    worker.turnAt =
        slice.isEmpty()
            ? now + slice.againInNanos()
            : now + slice.lastStartIn() - settings.horizon().toNanos();
  }

  private PoolState decide(Worker worker) {
    // A worker reckons Redis's time to within its round trip
    long redisNow = now + redisAhead + random.nextLong(-STEP / 2, STEP / 2);
    var state = state(worker, redisNow);
    state.moveTo(redisNow);
    for (var answer : worker.untold) {
      var call = answer.call;
      state.counted(call.poolStart, call.start.charge, now - answer.at);
      if (!answer.admitted) {
        state.giveBackTokens(call.poolStart, call.start.charge);
        state.refused(STEP, false);
      }
      state.observe(answer.levels, call.start.charge, now - call.start.at, now - answer.at);
    }
    return state;
  }

  private PoolState state(Worker worker, long redisNow) {
    if (stored.length > 0) return PoolState.decode(stored, settings, limits).orElseThrow();
    if (worker.remembered.length == 0)
      return PoolState.unknown(settings, limits, random.nextLong(), redisNow);
    var state = PoolState.decode(worker.remembered, settings, limits).orElseThrow();
    state.restoreAt(redisNow);
    return state;
  }

  /** In the order of time. */
  List<Start> starts() {
    return starts.stream().sorted(Comparator.comparingLong(Start::at)).toList();
  }

  /** Start times of one worker's requests, in the order in which they came. */
  List<Long> startsOf(int worker) {
    return starts.stream().filter(it -> it.worker == worker).map(Start::at).toList();
  }

  /** When the first request that waits at a worker was accepted. */
  long waitingSince(int worker) {
    return workers.get(worker).head().getFirst().since();
  }

  long chargesBetween(long from, long to) {
    return starts.stream().filter(it -> it.at >= from && it.at < to).mapToLong(Start::charge).sum();
  }
}
