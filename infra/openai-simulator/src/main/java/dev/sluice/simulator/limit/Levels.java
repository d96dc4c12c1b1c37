package dev.sluice.simulator.limit;

import java.util.Optional;

/** What the {@code x-ratelimit-*} headers say: the minute's two bandwidths, where limited. */
public record Levels(Optional<Level> requests, Optional<Level> tokens) {

  /**
   * One bandwidth at one moment.
   *
   * @param untilFullNanos time until nothing of it is used, not until the next request fits
   */
  public record Level(long limit, long remaining, long untilFullNanos) {}
}
