package dev.sluice.worker.budget;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * One bandwidth of a pool, shared by the fleet. Consuming always succeeds, if need be into debt.
 */
interface DebtBucket {
  /**
   * Takes {@code amount} and says how long until the refill has covered the debt, if there is any.
   */
  CompletableFuture<Duration> consume(long amount);

  /** Gives back what was taken and not used. */
  CompletableFuture<Void> giveBack(long amount);
}
