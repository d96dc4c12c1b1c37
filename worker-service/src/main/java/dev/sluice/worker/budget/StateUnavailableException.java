package dev.sluice.worker.budget;

/** Redis did not answer; nothing may be dispatched until it does. */
final class StateUnavailableException extends RuntimeException {
  StateUnavailableException(Throwable cause) {
    super(String.valueOf(cause.getMessage()), cause);
  }
}
