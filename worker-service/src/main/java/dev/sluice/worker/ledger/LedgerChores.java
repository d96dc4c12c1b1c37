package dev.sluice.worker.ledger;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;

/**
 * What the ledger needs now and then: partitions of the coming months, lost attempts found, late
 * prices, the lag. One thread; a chore that fails is tried again at its next turn.
 */
final class LedgerChores implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(LedgerChores.class);

  private static final int MONTHS_AHEAD = 3;
  private static final Duration PARTITIONS_EVERY = Duration.ofDays(1);
  private static final Duration PRICES_EVERY = Duration.ofMinutes(1);
  private static final Duration LAG_EVERY = Duration.ofSeconds(2);

  private final LedgerStore store;
  private final LostAttempts lostAttempts;
  private final LatePricing latePricing;
  private final LedgerLag lag;
  private final Duration sweepEvery;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("ledger-chores").daemon().factory());
  private volatile boolean running;

  /** Something that may fail, or be told to stop. */
  private interface Chore {
    void run() throws InterruptedException;
  }

  LedgerChores(
      LedgerStore store,
      LostAttempts lostAttempts,
      LatePricing latePricing,
      LedgerLag lag,
      Duration sweepEvery) {
    this.store = store;
    this.lostAttempts = lostAttempts;
    this.latePricing = latePricing;
    this.lag = lag;
    this.sweepEvery = sweepEvery;
  }

  @Override
  public void start() {
    running = true;
    every(PARTITIONS_EVERY, "partitions", () -> store.makePartitionsAhead(MONTHS_AHEAD));
    every(LAG_EVERY, "lag", lag::sample);
    every(PRICES_EVERY, "prices", latePricing::run);
    every(sweepEvery, "lost attempts", lostAttempts::sweep);
  }

  private void every(Duration pause, String name, Chore chore) {
    var _ =
        thread.scheduleWithFixedDelay(
            () -> attempt(name, chore), 0, pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void attempt(String name, Chore chore) {
    try {
      chore.run();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } catch (DataAccessException unavailable) {
      log.atWarn()
          .addKeyValue("chore", name)
          .addKeyValue("cause", unavailable.toString())
          .log("Postgres does not answer the ledger; it tries again");
    } catch (RuntimeException failed) {
      log.atWarn()
          .addKeyValue("chore", name)
          .setCause(failed)
          .log("A chore of the ledger failed; it is tried again");
    }
  }

  @Override
  public void stop() {
    running = false;
    thread.shutdownNow();
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
