package dev.sluice.worker.flow;

import dev.sluice.worker.model.StopRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Tells one request that it has to end early, and why. The first reason counts. A request that is
 * handed back ends while it waits; a call that is under way goes on. Thread-safe.
 */
final class StopSignal implements StopRequest {
  /** Why a request ends before its answer is whole. */
  enum Reason {
    /** Nothing ends it. */
    NONE,
    /** Its client asked for it. */
    CANCELLED,
    /** Nobody waits for it any more. */
    DEADLINE,
    /** Another worker owns it now: nothing may be published. */
    FENCED,
    /** This worker stops or is drained: another one takes over. */
    HANDED_BACK
  }

  private final Supplier<Duration> left;
  private final CompletableFuture<Reason> stopped = new CompletableFuture<>();
  private final CompletableFuture<Reason> handedBack = new CompletableFuture<>();

  /**
   * @param left how long until the request's deadline
   */
  StopSignal(Supplier<Duration> left) {
    this.left = left;
  }

  /** How long until the request's deadline. */
  Duration left() {
    return left.get();
  }

  void stop(Reason why) {
    stopped.complete(why);
  }

  /** Ends waiting; a call that is under way goes on. */
  void handBack() {
    handedBack.complete(Reason.HANDED_BACK);
  }

  /** Ends a call that is under way too. */
  void handBackNow() {
    handBack();
    stop(Reason.HANDED_BACK);
  }

  /** Whether this worker stops, whatever else ends the request. */
  boolean isHandedBack() {
    return handedBack.isDone();
  }

  /** Why the request may not begin, or go on waiting. */
  Reason reason() {
    return stopped.getNow(handedBack.getNow(Reason.NONE));
  }

  @Override
  public boolean isStopped() {
    return stopped.isDone();
  }

  @Override
  public void onStop(Runnable action) {
    var _ = stopped.thenRunAsync(action);
  }

  /** Waits for {@code time}, or until there is a reason not to. */
  void sleep(Duration time) throws InterruptedException {
    if (time.isPositive()) await(new CompletableFuture<>(), time);
  }

  /**
   * Waits until a moment of the monotonic clock, ns, or until there is a reason not to. A moment
   * rather than a duration: what was lost on the way here must not delay the start.
   */
  void sleepUntil(long nanoTime) throws InterruptedException {
    sleep(Duration.ofNanos(nanoTime - System.nanoTime()));
  }

  /** Waits for {@code answer}, or until there is a reason not to. */
  void await(CompletableFuture<?> answer) throws InterruptedException {
    await(answer, Duration.ofDays(1));
  }

  private void await(CompletableFuture<?> answer, Duration patience) throws InterruptedException {
    try {
      CompletableFuture.anyOf(answer, stopped, handedBack)
          .get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException over) {
      // Either way the wait is over; the caller looks at what it waited for.
    }
  }
}
