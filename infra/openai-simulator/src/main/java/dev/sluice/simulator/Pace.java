package dev.sluice.simulator;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** When each token of one answer is due. Belongs to the request's thread; blocks it. */
final class Pace {
  /*
   * Moments are computed from the request's arrival, not from when the previous token left: a late
   * token does not delay those after it, so an answer of n tokens takes first + (n − 1) × between
   * however busy the machine is. Nothing sleeps when a token is already due.
   *
   * The latency is asked for at each token: an answer under way goes on at the speed that is set
   * meanwhile.
   */
  private final Ticker ticker;
  private final Supplier<Latency> latency;
  private final long start;
  private final SplittableRandom jitter;

  private boolean hasSpoken;

  /** When the newest token was due, in ms after the start, without its jitter. */
  private long due;

  /**
   * @param start nanoseconds of the ticker: the request's arrival, later by what a fault adds
   */
  Pace(Ticker ticker, Supplier<Latency> latency, long start, long seed) {
    this.ticker = ticker;
    this.latency = latency;
    this.start = start;
    this.jitter = new SplittableRandom(seed);
  }

  void awaitToken() throws DroppedConnection {
    var now = latency.get();
    due += hasSpoken ? now.betweenTokensMs() : now.firstTokenMs();
    hasSpoken = true;
    sleepUntil(due, now);
  }

  /** Until the last of so many tokens is due. */
  void awaitTokens(int tokens) throws DroppedConnection {
    var now = latency.get();
    sleepUntil(now.firstTokenMs() + Math.max(0, tokens - 1) * now.betweenTokensMs(), now);
  }

  private void sleepUntil(long ms, Latency now) throws DroppedConnection {
    var extra = now.jitterMs() == 0 ? 0 : jitter.nextLong(now.jitterMs() + 1);
    var wait = start + (ms + extra) * 1_000_000 - ticker.now();
    if (wait > 0) {
      sleep(Duration.ofNanos(wait));
    }
  }

  /** Blocks for that long; the simulator's end drops the connection. */
  static void sleep(Duration duration) throws DroppedConnection {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw new DroppedConnection("the simulator is closing");
    }
  }
}
