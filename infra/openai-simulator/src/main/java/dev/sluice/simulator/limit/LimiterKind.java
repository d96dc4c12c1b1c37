package dev.sluice.simulator.limit;

import java.util.Locale;

/** How a limit of N a minute is enforced. The provider documents the N, not the enforcement. */
public enum LimiterKind {
  /** A bucket of one minute's capacity, refilled continuously: what published 429 texts imply. */
  BUCKET,
  /** No interval of 60 seconds ever holds more than N: stricter, nothing refills early. */
  WINDOW,
  /**
   * A bucket of one second's capacity (N / 60, at least 1) refilled at N / 60 a second: the guide's
   * remark that a limit of 60,000 a minute may be enforced as 1,000 a second.
   */
  QUANTA;

  /** Parses the lower-case name of the control API. */
  public static LimiterKind of(String name) {
    for (var kind : values()) {
      if (kind.toString().equals(name)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("set limiter to bucket, window or quanta, not " + name);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
