package dev.sluice.worker.reconciliation;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Looks now and then for days that are due, on the worker whose turn it is. One thread. */
final class ReconciliationSchedule implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(ReconciliationSchedule.class);

  // By then the topic's partition is somebody's
  private static final Duration FIRST_AFTER = Duration.ofSeconds(30);

  private final Reconciliation reconciliation;
  private final BooleanSupplier isOurs;
  private final ReconciliationProperties properties;
  private final ReconciliationMeters meters;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("reconciliation").daemon().factory());
  private volatile boolean running;

  /**
   * @param isOurs whether this worker is the one of the fleet that sees to it
   */
  ReconciliationSchedule(
      Reconciliation reconciliation,
      BooleanSupplier isOurs,
      ReconciliationProperties properties,
      ReconciliationMeters meters) {
    this.reconciliation = reconciliation;
    this.isOurs = isOurs;
    this.properties = properties;
    this.meters = meters;
  }

  @Override
  public void start() {
    running = true;
    if (!properties.mayAsk())
      log.info(
          "No admin key: the provider is not asked for its figures, which can be brought along by file. SLUICE_RECONCILIATION_ADMINKEY changes that");
    var _ =
        thread.scheduleWithFixedDelay(
            this::turn,
            FIRST_AFTER.toMillis(),
            properties.every().toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private void turn() {
    try {
      if (!isOurs.getAsBoolean()) {
        meters.daysOff(0); // whoever has the partition tells
        return;
      }
      reconciliation.fetchDue();
      reconciliation.watch();
    } catch (RuntimeException failed) {
      log.atWarn()
          .addKeyValue("cause", failed.toString())
          .log("The provider's figures could not be compared; it is tried again");
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
