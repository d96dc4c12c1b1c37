package dev.sluice.localstack.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process that was seen once, recognisable later: process ids are used again, start times are
 * not.
 *
 * @param started when the process started, as the operating system tells it
 * @param command path of its executable; empty where the operating system hides it
 */
public record ProcessIdentity(long pid, Instant started, String command) {

  // The operating system derives start times from the wall clock, which is sometimes corrected.
  private static final Duration CLOCK_CORRECTION = Duration.ofSeconds(2);

  public static ProcessIdentity of(ProcessHandle process) {
    var info = process.info();
    return new ProcessIdentity(
        process.pid(), info.startInstant().orElse(Instant.EPOCH), info.command().orElse(""));
  }

  /** The process, if it is still the one that was seen and has not ended. */
  public Optional<ProcessHandle> find() {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(process -> !isZombie(process.pid()))
        .filter(process -> isSameAs(of(process)));
  }

  private boolean isSameAs(ProcessIdentity other) {
    return command.equals(other.command)
        && Duration.between(started, other.started).abs().compareTo(CLOCK_CORRECTION) <= 0;
  }

  /** Ends the process if it is still there: first by the signal, after the grace by force. */
  public void end(Signal signal, Duration grace) {
    find()
        .ifPresent(process -> {
          Signal.CONT.send(pid);
          signal.send(pid);
          if (!awaitExit(process, grace)) {
            process.destroyForcibly();
            awaitExit(process, grace);
          }
        });
  }

  private static boolean awaitExit(ProcessHandle process, Duration grace) {
    try {
      process.onExit().get(grace.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException | ExecutionException stillThere) {
      return isZombie(process.pid());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** An ended process whose parent never asked for its exit code: it has a pid and nothing else. */
  private static boolean isZombie(long pid) {
    try {
      var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      return stat.startsWith(" Z", stat.lastIndexOf(')') + 1);
    } catch (IOException notLinuxOrGone) {
      return false;
    }
  }
}
