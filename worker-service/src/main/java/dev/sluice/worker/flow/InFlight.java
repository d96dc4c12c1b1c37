package dev.sluice.worker.flow;

import dev.sluice.worker.control.Cancels;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * The requests of this worker, so that they can be told to end: by a cancel, by their deadline, by
 * a drain. Thread-safe.
 */
final class InFlight implements Cancels, AutoCloseable {
  // A cancel may overtake its request by as long as the request waits on its lane. Beyond this many
  // the oldest is forgotten: its request is then answered to nobody.
  private static final int REMEMBERED_CANCELS = 10_000;

  private final InstantSource clock;
  private final Map<String, StopSignal> signals = new ConcurrentHashMap<>();
  private final ScheduledExecutorService deadlines =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("deadlines").daemon().factory());

  // Guarded by itself.
  private final Map<String, Boolean> cancelled =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > REMEMBERED_CANCELS;
        }
      };

  private volatile boolean draining;

  InFlight(InstantSource clock) {
    this.clock = clock;
  }

  /** A request on this worker, until it is closed. */
  final class Entry implements AutoCloseable {
    private final String requestId;
    private final ScheduledFuture<?> deadline;
    private final StopSignal signal;

    private Entry(String requestId, StopSignal signal, ScheduledFuture<?> deadline) {
      this.requestId = requestId;
      this.signal = signal;
      this.deadline = deadline;
    }

    StopSignal signal() {
      return signal;
    }

    @Override
    public void close() {
      deadline.cancel(false);
      signals.remove(requestId, signal);
    }
  }

  Entry enter(String requestId, Instant deadline) {
    var signal = new StopSignal(() -> Duration.between(clock.instant(), deadline));
    signals.put(requestId, signal);
    if (wasCancelled(requestId)) signal.stop(StopSignal.Reason.CANCELLED);
    if (draining) signal.handBack();
    long left = Math.max(0, signal.left().toMillis());
    var timer =
        deadlines.schedule(
            () -> signal.stop(StopSignal.Reason.DEADLINE), left, TimeUnit.MILLISECONDS);
    return new Entry(requestId, signal, timer);
  }

  @Override
  public void cancel(String requestId) {
    synchronized (cancelled) {
      cancelled.put(requestId, true);
    }
    var signal = signals.get(requestId);
    if (signal != null) signal.stop(StopSignal.Reason.CANCELLED);
  }

  /** From now on nothing begins; requests that wait are handed back. */
  void drain() {
    draining = true;
    signals.values().forEach(StopSignal::handBack);
  }

  /** Requests may begin again. */
  void resume() {
    draining = false;
  }

  /** Ends everything here, for others to take over. */
  void handBackAll() {
    signals.values().forEach(StopSignal::handBackNow);
  }

  private boolean wasCancelled(String requestId) {
    synchronized (cancelled) {
      return cancelled.containsKey(requestId);
    }
  }

  @Override
  public void close() {
    deadlines.shutdownNow();
  }
}
