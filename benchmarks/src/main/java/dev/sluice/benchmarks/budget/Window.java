package dev.sluice.benchmarks.budget;

import java.time.Duration;
import java.time.Instant;

/** The time that counts: after the warm-up, aligned to nothing in particular. */
record Window(Instant from, Instant to) {
  boolean holds(Instant at) {
    return !at.isBefore(from) && at.isBefore(to);
  }

  Duration length() {
    return Duration.between(from, to);
  }
}
