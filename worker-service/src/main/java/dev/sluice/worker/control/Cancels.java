package dev.sluice.worker.control;

/** What this stage needs from outside: whoever ends a request when its client asks for it. */
@FunctionalInterface
public interface Cancels {
  /** Ends the request if it is here, and remembers the wish in case it is still to come. */
  void cancel(String requestId);
}
