package dev.sluice.worker.background;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;

/**
 * What is to be done now and then, on one thread from start to stop. A chore that fails is told,
 * and tried again at its next turn.
 */
public final class PeriodicChores implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(PeriodicChores.class);

  private final String thread;
  private final List<Chore> chores;
  private volatile @Nullable ScheduledExecutorService executor;

  /** Something that may fail, or be told to stop. */
  public interface Work {
    void run() throws InterruptedException;
  }

  /**
   * @param first from the start of the service to the first turn
   * @param pause from the end of a turn to the next; above zero
   */
  public record Chore(String name, Duration first, Duration pause, Work work) {
    /** The first turn comes at once. */
    public static Chore every(Duration pause, String name, Work work) {
      return new Chore(name, Duration.ZERO, pause, work);
    }
  }

  /**
   * @param thread its name
   */
  public PeriodicChores(String thread, List<Chore> chores) {
    this.thread = thread;
    this.chores = chores;
  }

  @Override
  public void start() {
    var started =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name(thread).daemon().factory());
    for (var chore : chores) {
      var _ =
          started.scheduleWithFixedDelay(
              () -> attempt(chore),
              chore.first().toMillis(),
              chore.pause().toMillis(),
              TimeUnit.MILLISECONDS);
    }
    executor = started;
  }

  private static void attempt(Chore chore) {
    try {
      chore.work().run();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } catch (DataAccessException unavailable) {
      log.atWarn()
          .addKeyValue("chore", chore.name())
          .addKeyValue("cause", unavailable.toString())
          .log("Postgres does not answer a chore; it is tried again");
    } catch (RuntimeException failed) {
      log.atWarn()
          .addKeyValue("chore", chore.name())
          .setCause(failed)
          .log("A chore failed; it is tried again");
    }
  }

  @Override
  public void stop() {
    var running = executor;
    executor = null;
    if (running != null) running.shutdownNow();
  }

  @Override
  public boolean isRunning() {
    return executor != null;
  }
}
