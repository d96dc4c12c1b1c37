package dev.sluice.worker.relay;

/** Events did not reach the reply log; the request must not be completed. */
public final class UnpublishedException extends RuntimeException {
  UnpublishedException(String requestId, Throwable cause) {
    super("events of " + requestId + " did not reach the reply log", cause);
  }
}
