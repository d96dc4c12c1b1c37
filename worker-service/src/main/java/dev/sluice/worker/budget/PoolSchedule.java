package dev.sluice.worker.budget;

import dev.sluice.common.budget.Bandwidth;
import dev.sluice.common.budget.Pool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The line in front of one pool, as this worker sees it. */
final class PoolSchedule implements AutoCloseable {
  /*
   * Virtual scheduling (GCRA, ITU-T I.371): a request is charged when it is reserved, if need be
   * into debt, and starts when the refill has covered it. The debt lives in Redis, so requests of
   * all workers stand in one line; a bandwidth never has to be asked twice, and several bandwidths
   * need no transaction: reserve in each, start at the latest.
   *
   * One thread reserves for this worker, in slices: one exchange with Redis covers every request
   * that stood at the head of the line. Many threads on one hot key would compare-and-swap against
   * each other until nothing moves.
   *
   * It reserves again only when its last start is less than a horizon away. What is not reserved
   * can be cancelled for nothing, and a worker that dies takes no more than a horizon with it.
   */
  private static final Logger log = LoggerFactory.getLogger(PoolSchedule.class);

  private static final Duration AFTER_FAILURE = Duration.ofMillis(500);
  // More would not lower the share of an exchange and only delay the head of the line.
  private static final int MAX_SLICE = 512;

  private final Pool pool;
  private final Map<Bandwidth, DebtBucket> buckets;
  private final BudgetSettings settings;
  private final LongSupplier nanoTime;
  private final long sliceTokens;
  // Bounded by the intake: a request waits on its own thread, and the intake limits those.
  private final BlockingQueue<Waiting> line = new LinkedBlockingQueue<>();
  private final Thread thread;

  // Only the schedule's thread touches it.
  private long lastStart;

  private record Waiting(long tokens, CompletableFuture<Reservation> answer) {}

  PoolSchedule(
      Pool pool,
      Map<Bandwidth, DebtBucket> buckets,
      BudgetSettings settings,
      LongSupplier nanoTime) {
    this.pool = pool;
    this.buckets = buckets;
    this.settings = settings;
    this.nanoTime = nanoTime;
    this.sliceTokens = Math.max(1, (long) (pool.tier().tpm() * settings.slice()));
    this.lastStart = nanoTime.getAsLong();
    this.thread = Thread.ofPlatform().name("budget-" + pool.name()).daemon().start(this::run);
  }

  /** Joins the line. Cancelling the answer leaves it, as long as it is not reserved. */
  CompletableFuture<Reservation> reserve(long tokens) {
    long limit = pool.tier().tpm();
    if (tokens > limit)
      return CompletableFuture.completedFuture(new Reservation.TooLarge(tokens, limit));
    var waiting = new Waiting(tokens, new CompletableFuture<>());
    line.add(waiting);
    return waiting.answer();
  }

  /** Gives back a reservation whose call was not made. */
  void giveBack(Reservation.Held held) {
    buckets.forEach((bandwidth, bucket) -> {
      var _ = bucket.giveBack(bandwidth.countsTokens() ? held.tokens() : 1);
    });
  }

  int waiting() {
    return line.size();
  }

  private void run() {
    @Nullable Waiting head = null;
    try {
      while (!Thread.currentThread().isInterrupted()) {
        if (head == null) head = line.take();
        TimeUnit.NANOSECONDS.sleep(lastStart - nanoTime.getAsLong() - settings.horizon().toNanos());
        var slice = slice(head);
        head = null;
        if (!slice.isEmpty()) reserve(slice);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  /** The head of the line and whoever stands behind it, up to a slice. */
  private List<Waiting> slice(Waiting head) {
    var slice = new ArrayList<Waiting>();
    long tokens = 0;
    for (Waiting next = head; next != null; next = line.poll()) {
      if (!next.answer().isDone()) {
        slice.add(next);
        tokens += next.tokens();
      }
      if (tokens >= sliceTokens || slice.size() >= MAX_SLICE) break;
    }
    return slice;
  }

  private void reserve(List<Waiting> slice) throws InterruptedException {
    long sum = slice.stream().mapToLong(Waiting::tokens).sum();
    while (true) {
      try {
        var debts = consume(sum, slice.size());
        grant(slice, sum, debts);
        return;
      } catch (CompletionException unavailable) {
        log.atWarn()
            .addKeyValue("pool", pool.name())
            .addKeyValue("cause", String.valueOf(unavailable.getCause()))
            .log("Redis does not answer the budget; nothing is dispatched until it does");
        TimeUnit.MILLISECONDS.sleep(AFTER_FAILURE.toMillis());
      }
    }
  }

  private Map<Bandwidth, Duration> consume(long tokens, int requests) {
    var asked = new HashMap<Bandwidth, CompletableFuture<Duration>>();
    buckets.forEach((bandwidth, bucket) ->
        asked.put(bandwidth, bucket.consume(bandwidth.countsTokens() ? tokens : requests)));
    var debts = new HashMap<Bandwidth, Duration>();
    asked.forEach((bandwidth, answer) -> debts.put(bandwidth, answer.join()));
    return debts;
  }

  private void grant(List<Waiting> slice, long sum, Map<Bandwidth, Duration> debts) {
    long now = nanoTime.getAsLong();
    long tokensUpToHere = 0;
    for (int i = 0; i < slice.size(); i++) {
      var waiting = slice.get(i);
      tokensUpToHere += waiting.tokens();
      long startIn = 0;
      for (var debt : debts.entrySet()) {
        long behind = debt.getKey().countsTokens() ? sum - tokensUpToHere : slice.size() - 1L - i;
        startIn = Math.max(startIn, debt.getValue().toNanos() - refillTime(debt.getKey(), behind));
      }
      lastStart = now + startIn;
      var held = new Reservation.Held(pool.name(), waiting.tokens(), Duration.ofNanos(startIn));
      if (!waiting.answer().complete(held)) giveBack(held);
    }
  }

  /** Nanoseconds in which the bandwidth refills {@code amount}. */
  private long refillTime(Bandwidth bandwidth, long amount) {
    double limit = pool.tier().limits().getOrDefault(bandwidth, 1L) * settings.utilisation();
    return (long) (amount / limit * bandwidth.period().toNanos());
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
