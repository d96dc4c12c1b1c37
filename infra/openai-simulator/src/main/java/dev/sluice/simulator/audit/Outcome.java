package dev.sluice.simulator.audit;

import java.util.Locale;

/** How far a request has come. Every state but the first is final. */
public enum Outcome {
  /** Received and, once the limits have agreed, being answered. */
  ADMITTED,
  /** Answered 4xx: invalid, unauthorised, or above a limit. Nothing was generated. */
  REFUSED,
  /** The provider's own fault: a 5xx, a failed response, an unreadable event. */
  FAILED,
  /** The provider dropped the connection. */
  CUT,
  /** The client dropped the connection. What was streamed until then is billed. */
  CANCELLED,
  /** Answered to the end, be it cut short by max_output_tokens. */
  COMPLETED;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
