package dev.sluice.worker.budget;

import java.util.Collection;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * What a worker has reserved of a pool, by the second in which the call starts: of the last minute,
 * and of the time to come. Thread-safe; time is an argument, ns.
 */
final class Charges {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long MINUTE = 60;

  private final TreeMap<Long, Sum> bySecond = new TreeMap<>(); // guarded by this

  /** Requests, and their tokens. */
  record Sum(long requests, long tokens) {
    private Sum plus(Sum other) {
      return new Sum(requests + other.requests, tokens + other.tokens);
    }
  }

  /** Negative counts take back. */
  synchronized void add(long start, long requests, long tokens, long now) {
    bySecond.merge(Math.floorDiv(start, SECOND), new Sum(requests, tokens), Sum::plus);
    bySecond.headMap(Math.floorDiv(now, SECOND) - MINUTE, true).clear();
  }

  /** Of calls that have started within the last minute. */
  synchronized Sum used(long now) {
    long second = Math.floorDiv(now, SECOND);
    return sum(bySecond.subMap(second - MINUTE, false, second, true).values());
  }

  /** For calls that are still to start. */
  synchronized Sum reserved(long now) {
    return sum(bySecond.tailMap(Math.floorDiv(now, SECOND), false).values());
  }

  private static Sum sum(Collection<Sum> sums) {
    return sums.stream().reduce(new Sum(0, 0), Sum::plus);
  }
}
