package dev.sluice.worker.lease;

import dev.sluice.common.message.DeadLetter.FailedAttempt;
import java.util.ArrayList;
import java.util.List;

/**
 * A timed, exclusive right to work on one request. Renewed until it is closed. Not thread-safe, but
 * for {@link #onFenced}, which any thread may call.
 */
public final class Lease implements AutoCloseable {
  private final Leases leases;
  private final String requestId;
  private final long fence;
  // Set by the request's thread, read by the renewal's too
  private volatile int attempt;
  private volatile LeaseState state = LeaseState.HELD;
  private volatile Runnable onFenced = () -> {};
  private final List<FailedAttempt> history; // the request's thread's alone

  Lease(Leases leases, String requestId, long fence, int attempt, List<FailedAttempt> history) {
    this.history = new ArrayList<>(history);
    this.leases = leases;
    this.requestId = requestId;
    this.fence = fence;
    this.attempt = attempt;
  }

  public String requestId() {
    return requestId;
  }

  /** Grows with each owner; consumers of our events drop those of older ones. */
  public long fence() {
    return fence;
  }

  /** Attempts made so far, those of former owners included. */
  public int attempt() {
    return attempt;
  }

  LeaseState state() {
    return state;
  }

  /** Runs when another worker turns out to own the request; then nothing may be published. */
  public void onFenced(Runnable action) {
    onFenced = action;
  }

  /**
   * A call is about to be made.
   *
   * @return its number, from 1
   * @throws FencedException if another worker owns the request now
   */
  public int nextAttempt() {
    attempt = leases.attempt(this);
    state = LeaseState.CALLING;
    return attempt;
  }

  /**
   * The attempt made last has failed; remembered for whoever owns the request next. Does not wait
   * for Redis.
   */
  public void failed(String code) {
    var failed = new FailedAttempt(attempt, code, leases.now());
    history.add(failed);
    leases.note(this, failed);
  }

  /** Attempts of this life that failed, former owners' included, the oldest first. */
  public List<FailedAttempt> history() {
    return List.copyOf(history);
  }

  /** Text is about to be delivered; does not wait for Redis. */
  public void answering() {
    state = LeaseState.ANSWERING;
    leases.move(this, state);
  }

  /** Nobody may try it again, whatever becomes of this worker; does not wait for Redis. */
  public void settingAside() {
    state = LeaseState.SETTING_ASIDE;
    leases.move(this, state);
  }

  /** The terminal event is published. Without this, {@link #close} gives the request back. */
  public void done() {
    leases.done(this);
    state = LeaseState.DONE;
  }

  @Override
  public void close() {
    leases.close(this, state);
  }

  void fenced() {
    onFenced.run();
  }
}
