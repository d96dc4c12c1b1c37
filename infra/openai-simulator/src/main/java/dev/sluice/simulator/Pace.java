package dev.sluice.simulator;

import java.time.Duration;
import java.util.SplittableRandom;

/** When each token of one answer is due. Belongs to the request's thread; blocks it. */
final class Pace {
  /*
   * Moments are computed from the request's arrival, not from the previous token: a late token does
   * not delay those after it, so an answer of n tokens takes first + (n − 1) × between however busy
   * the machine is. Nothing sleeps when a token is already due.
   */
  private final Ticker ticker;
  private final Latency latency;
  private final long start;
  private final SplittableRandom jitter;

  private long spoken;

  /**
   * @param start nanoseconds of the ticker: the request's arrival, later by what a fault adds
   */
  Pace(Ticker ticker, Latency latency, long start, long seed) {
    this.ticker = ticker;
    this.latency = latency;
    this.start = start;
    this.jitter = new SplittableRandom(seed);
  }

  void awaitToken() throws DroppedConnection {
    var ms = latency.firstTokenMs() + spoken++ * latency.betweenTokensMs();
    sleepUntil(ms);
  }

  /** Until the last of so many tokens is due. */
  void awaitTokens(int tokens) throws DroppedConnection {
    sleepUntil(latency.firstTokenMs() + Math.max(0, tokens - 1) * latency.betweenTokensMs());
  }

  private void sleepUntil(long ms) throws DroppedConnection {
    var extra = latency.jitterMs() == 0 ? 0 : jitter.nextLong(latency.jitterMs() + 1);
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
