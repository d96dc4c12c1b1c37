package dev.sluice.worker.model;

/** What a call needs from outside to be ended early. */
public interface StopRequest {
  boolean isStopped();

  /** Runs {@code action} on another thread as soon as the call must end; at once if it must now. */
  void onStop(Runnable action);
}
