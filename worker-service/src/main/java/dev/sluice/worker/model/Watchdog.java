package dev.sluice.worker.model;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends calls that do not move on in time. One thread looks at all calls ten times a second, so that
 * a token costs a volatile write and no timer. Thread-safe.
 */
final class Watchdog implements AutoCloseable {
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);

  private static final Logger log = LoggerFactory.getLogger(Watchdog.class);

  private final Set<Watch> watched = ConcurrentHashMap.newKeySet();
  private final LongSupplier nanoTime;
  private final Thread thread;

  Watchdog(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.thread = Thread.ofPlatform().name("call-watchdog").daemon().start(this::run);
  }

  /**
   * Watches a call; {@code onLate} runs once if it is not extended in time, or takes longer than
   * {@code longest} whatever it does.
   */
  Watch watch(Duration patience, Duration longest, Runnable onLate) {
    var watch = new Watch(nanoTime.getAsLong() + longest.toNanos(), onLate);
    watch.extend(patience);
    watched.add(watch);
    return watch;
  }

  final class Watch implements AutoCloseable {
    private final long endsAt;
    private final Runnable onLate;
    private volatile long expiresAt;
    private volatile boolean late;
    private volatile boolean paused;

    private Watch(long endsAt, Runnable onLate) {
      this.endsAt = endsAt;
      this.onLate = onLate;
    }

    void extend(Duration patience) {
      expiresAt = nanoTime.getAsLong() + patience.toNanos();
    }

    /** Runs what the call waits for: it takes our time, not the provider's. */
    void pauseWhile(Runnable ours) {
      long since = nanoTime.getAsLong();
      paused = true;
      try {
        ours.run();
      } finally {
        long later = expiresAt + nanoTime.getAsLong() - since;
        expiresAt = later; // before it counts again
        paused = false;
      }
    }

    boolean isLate() {
      return late;
    }

    @Override
    public void close() {
      watched.remove(this);
    }

    private void check(long now) {
      boolean isSilent = !paused && now - expiresAt >= 0;
      if (!isSilent && now - endsAt < 0 || !watched.remove(this)) return;
      late = true;
      onLate.run();
    }
  }

  /** One call that cannot be ended must not keep the others from being ended. */
  private static void guardedCheck(Watch watch, long now) {
    try {
      watch.check(now);
    } catch (RuntimeException unforeseen) {
      log.atError().setCause(unforeseen).log("A late call could not be ended");
    }
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        long now = nanoTime.getAsLong();
        watched.forEach(watch -> guardedCheck(watch, now));
        Thread.sleep(LOOK_EVERY);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
