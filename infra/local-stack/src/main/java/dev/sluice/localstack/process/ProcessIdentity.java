package dev.sluice.localstack.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

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
  private static final Duration POLL_EVERY = Duration.ofMillis(20);

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
          if (!awaitEnd(grace)) {
            process.destroyForcibly();
            awaitEnd(grace);
          }
        });
  }

  /** Whether it is gone, after waiting no longer than that. */
  public boolean awaitEnd(Duration longest) {
    // Polled: a process that is not our child tells its end to its own parent alone.
    long deadline = System.nanoTime() + longest.toNanos();
    try {
      while (find().isPresent()) {
        if (System.nanoTime() - deadline > 0) {
          return false;
        }
        Thread.sleep(POLL_EVERY);
      }
      return true;
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
