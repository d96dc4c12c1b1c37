package dev.sluice.worker.lease;

/** Another worker owns the request now. */
public final class FencedException extends RuntimeException {
  FencedException(String requestId) {
    super("another worker owns " + requestId);
  }
}
