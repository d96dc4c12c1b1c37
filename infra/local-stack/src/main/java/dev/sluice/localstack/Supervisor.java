package dev.sluice.localstack;

import dev.sluice.localstack.process.StackException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Starts parts again that died by themselves, one virtual thread for each death. */
final class Supervisor implements AutoCloseable {

  /** Waits; a test does not. */
  interface Pause {
    void take(Duration length) throws InterruptedException;
  }

  private final ExecutorService restarts = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<Part, Backoff> backoffs = new ConcurrentHashMap<>();
  private final Map<Part, Long> readyAt = new ConcurrentHashMap<>();
  private final Consumer<String> progress;
  private final LongSupplier nanos;
  private final Pause pause;

  Supervisor(Consumer<String> progress, LongSupplier nanos, Pause pause) {
    this.progress = progress;
    this.nanos = nanos;
    this.pause = pause;
  }

  void becameReady(Part part) {
    readyAt.put(part, nanos.getAsLong());
  }

  void died(Part part, String how) {
    restarts.execute(() -> restart(part, how));
  }

  private void restart(Part part, String how) {
    var backoff = backoffs.computeIfAbsent(part, _ -> new Backoff());
    var since = readyAt.remove(part);
    var served = since == null ? Duration.ZERO : Duration.ofNanos(nanos.getAsLong() - since);
    var reason = "%s died (%s)".formatted(part.name(), how);
    try {
      while (part.state() == PartState.DEAD) {
        var wait = backoff.after(served);
        progress.accept(
            "%s; starting it again in %d s; see %s"
                .formatted(reason, wait.toSeconds(), part.log()));
        pause.take(wait);
        if (part.state() != PartState.DEAD) {
          return; // somebody else started or stopped it meanwhile
        }
        try {
          part.start();
          progress.accept("%s is ready again".formatted(part.name()));
        } catch (StackException notYet) {
          reason = notYet.sentence();
          served = Duration.ZERO;
        }
      }
    } catch (InterruptedException stackIsClosing) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends all waiting; restarts that are under way are interrupted. */
  @Override
  public void close() {
    restarts.shutdownNow();
    restarts.close();
  }
}
