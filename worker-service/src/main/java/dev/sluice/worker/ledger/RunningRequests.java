package dev.sluice.worker.ledger;

/** Which requests some worker is on; asked before an attempt is called lost. */
@FunctionalInterface
public interface RunningRequests {
  /** Whether some worker owns the request now. Blocks for an answer. */
  boolean isRunning(String requestId);
}
