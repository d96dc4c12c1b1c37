package dev.sluice.localstack;

import dev.sluice.localstack.process.ChildGuard;
import dev.sluice.localstack.process.LogFile;
import dev.sluice.localstack.process.ProcessIdentity;
import dev.sluice.localstack.process.Signal;
import dev.sluice.localstack.process.StackException;
import dev.sluice.localstack.program.PartKind;
import dev.sluice.localstack.program.Program;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One process of the stack, which can be stopped, killed, frozen and started again on the same port
 * and data.
 *
 * <p>Thread-safe. The methods block until what they promise has happened; a start that meets
 * another one under way, or a part that runs, is refused.
 */
public final class Part {

  // Guarded by this: state and process. The lock is not held while waiting for the process, so
  // that a part may be killed while it starts. A process that ends while its part is READY or
  // SUSPENDED was not told to: that is what makes it DEAD and tells the listener.

  private static final Duration POLL_EVERY = Duration.ofMillis(25);
  private static final Duration GRACE = Duration.ofSeconds(20);

  /** Who hears of a part's changes; called on the thread that changed it, without its lock. */
  interface Listener {
    void changed(Part part);

    void died(Part part, String how);
  }

  private final String name;
  private final Program program;
  private final Path log;
  private final ChildGuard guard;
  private final Listener listener;
  private PartState state = PartState.STOPPED;
  private @Nullable Process process;

  Part(String name, Program program, Path log, ChildGuard guard, Listener listener) {
    this.name = name;
    this.program = program;
    this.log = log;
    this.guard = guard;
    this.listener = listener;
  }

  /** {@code kafka}, {@code worker-2}. */
  public String name() {
    return name;
  }

  public PartKind kind() {
    return program.kind();
  }

  /** Where it is reached; the same after each start. */
  public String url() {
    return program.url();
  }

  /** What else its clients need: {@code jdbc_url}, {@code user}, {@code password} of Postgres. */
  public Map<String, String> details() {
    return program.details();
  }

  public Path log() {
    return log;
  }

  Signal stopSignal() {
    return program.stopSignal();
  }

  public synchronized PartState state() {
    return state;
  }

  /** Empty when nothing runs. */
  public synchronized OptionalLong pid() {
    return process == null || !process.isAlive()
        ? OptionalLong.empty()
        : OptionalLong.of(process.pid());
  }

  /** Starts it and returns when it serves. Fails with one sentence if it dies or takes too long. */
  public void start() {
    synchronized (this) {
      if (state != PartState.STOPPED && state != PartState.DEAD) {
        throw new IllegalStateException(name + " is " + state.label() + ": stop it first");
      }
      state = PartState.STARTING;
    }
    var run = LogFile.begin(log);
    try {
      var launched = launch(run);
      awaitReady(launched, run);
      program.whenReady();
      becomeReady(launched, run);
    } catch (IOException e) {
      abandonStart();
      throw new StackException(name + " cannot be started: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      abandonStart();
      throw e;
    }
    listener.changed(this);
  }

  /** Asks it to end, waits, and forces it after 20 s. */
  public void stop() {
    end(program.stopSignal());
  }

  /** Ends it as a crash would (SIGKILL); nobody restarts it until {@link #start}. */
  public void kill() {
    end(Signal.KILL);
  }

  /** Freezes it (SIGSTOP): it neither answers nor notices. */
  public void suspend() {
    change(PartState.READY, PartState.SUSPENDED, Signal.STOP);
  }

  /** Lets it go on after {@link #suspend}. */
  public void resume() {
    change(PartState.SUSPENDED, PartState.READY, Signal.CONT);
  }

  private Process launch(LogFile run) throws IOException {
    var launched = program.launch(run);
    guard.watch(launched.pid(), program.stopSignal());
    synchronized (this) {
      process = launched;
    }
    var _ = launched.onExit().thenAccept(this::ended);
    listener.changed(this);
    return launched;
  }

  private void awaitReady(Process launched, LogFile run) {
    long deadline = System.nanoTime() + program.patience().toNanos();
    while (!program.isReady(run)) {
      if (!launched.isAlive()) {
        throw diedWhileStarting(launched, run);
      }
      if (System.nanoTime() - deadline > 0) {
        throw new StackException(
            "%s is not ready after %d s: %s; see %s"
                .formatted(name, program.patience().toSeconds(), run.lastMeaningfulLine(), log));
      }
      try {
        Thread.sleep(POLL_EVERY);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new StackException(name + ": interrupted while it started", interrupted);
      }
    }
  }

  private void becomeReady(Process launched, LogFile run) {
    synchronized (this) {
      if (state == PartState.STARTING && launched.isAlive()) {
        state = PartState.READY;
        return;
      }
    }
    throw diedWhileStarting(launched, run);
  }

  private StackException diedWhileStarting(Process launched, LogFile run) {
    return new StackException(
        "%s died while it started (%s): %s; see %s"
            .formatted(name, exitOf(launched), run.lastMeaningfulLine(), log));
  }

  private void abandonStart() {
    Process launched;
    synchronized (this) {
      launched = process;
      state = PartState.DEAD;
    }
    if (launched != null) {
      launched.destroyForcibly();
    }
    listener.changed(this);
  }

  private void end(Signal signal) {
    Process running;
    synchronized (this) {
      running = process;
      if (running == null || !running.isAlive()) {
        state = PartState.STOPPED;
        return;
      }
      state = PartState.STOPPING;
    }
    var pid = running.pid();
    // Postgres has some; they end by themselves after it, and a next start must not meet them.
    var workers = running.descendants().map(ProcessIdentity::of).toList();
    signal.send(pid);
    Signal.CONT.send(pid); // a frozen process would keep the signal to itself
    workers.forEach(worker -> Signal.CONT.send(worker.pid()));
    awaitExit(running);
    workers.forEach(worker -> worker.awaitEnd(GRACE));
    synchronized (this) {
      state = PartState.STOPPED;
    }
    listener.changed(this);
  }

  private static void awaitExit(Process running) {
    try {
      if (!running.waitFor(GRACE)) {
        running.destroyForcibly().waitFor(GRACE);
      }
    } catch (InterruptedException interrupted) {
      running.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private void change(PartState from, PartState to, Signal signal) {
    synchronized (this) {
      if (state != from || process == null) {
        throw new IllegalStateException("%s is %s".formatted(name, state.label()));
      }
      var frozen = process;
      signal.send(frozen.pid());
      frozen.descendants().forEach(worker -> signal.send(worker.pid()));
      state = to;
    }
    listener.changed(this);
  }

  private void ended(Process ended) {
    guard.forget(ended.pid());
    synchronized (this) {
      if (!ended.equals(process) || (state != PartState.READY && state != PartState.SUSPENDED)) {
        return;
      }
      state = PartState.DEAD;
    }
    listener.changed(this);
    listener.died(this, exitOf(ended));
  }

  /** Codes above 128 are signals, as a shell shows them. */
  private static String exitOf(Process process) {
    return process.isAlive() ? "still running" : "exit " + process.exitValue();
  }
}
