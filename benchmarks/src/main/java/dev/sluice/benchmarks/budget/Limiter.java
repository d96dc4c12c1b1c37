package dev.sluice.benchmarks.budget;

import java.util.Locale;

/** How the provider enforces a limit of N a minute. */
enum Limiter {
  /** A bucket of N that refills continuously: what its 429 texts imply. */
  BUCKET,
  /** No 60 seconds ever hold more than N: stricter. */
  WINDOW;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
