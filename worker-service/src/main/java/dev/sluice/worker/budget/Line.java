package dev.sluice.worker.budget;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Requests of one priority that wait on this worker to be reserved, first come first served. */
final class Line {
  private static final int HEAD = 512;

  private final Deque<Waiting> waiting = new ArrayDeque<>(); // guarded by itself
  private final AtomicInteger inFlight = new AtomicInteger();
  private volatile boolean paused;

  /**
   * @param acceptedAt when the request was accepted, ms since the epoch
   * @param since monotonic time of arrival here, ns
   */
  record Waiting(long tokens, long acceptedAt, long since, CompletableFuture<Reservation> answer) {}

  void add(Waiting last) {
    synchronized (waiting) {
      waiting.addLast(last);
    }
  }

  /** The first in the line, less those that have left it; none while it is paused. */
  List<Waiting> head() {
    if (paused) return List.of();
    synchronized (waiting) {
      waiting.removeIf(each -> each.answer().isDone());
      var head = new ArrayList<Waiting>(Math.min(HEAD, waiting.size()));
      for (var each : waiting) {
        if (head.size() == HEAD) break;
        head.add(each);
      }
      return head;
    }
  }

  /** The first {@code count} of {@link #head()} have been answered. */
  void answered(List<Waiting> head, int count) {
    synchronized (waiting) {
      for (int i = 0; i < count; i++) waiting.remove(head.get(i));
    }
  }

  int size() {
    synchronized (waiting) {
      return waiting.size();
    }
  }

  /** How many of those that wait may be reserved now. */
  int ready() {
    return paused ? 0 : size();
  }

  /** While it is paused nothing of it is reserved. */
  void pause(boolean nowPaused) {
    paused = nowPaused;
  }

  /** So many more of this line hold a reservation, or fewer. */
  void inFlight(int change) {
    inFlight.addAndGet(change);
  }

  PoolActivity.LaneActivity activity() {
    synchronized (waiting) {
      var oldest = waiting.stream().mapToLong(Waiting::acceptedAt).min();
      return new PoolActivity.LaneActivity(
          inFlight.get(),
          waiting.size(),
          oldest.isPresent() ? Instant.ofEpochMilli(oldest.getAsLong()) : null);
    }
  }
}
