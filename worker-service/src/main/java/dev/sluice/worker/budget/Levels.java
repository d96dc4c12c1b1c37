package dev.sluice.worker.budget;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the provider said of its own counters when it answered a call (the {@code x-ratelimit-*}
 * headers of its rate limits guide).
 *
 * @param requests null where it said nothing
 * @param tokens null where it said nothing
 */
public record Levels(@Nullable Level requests, @Nullable Level tokens) {
  /**
   * @param limit in a minute; requests of some tiers are counted in a day
   * @param remaining of it, when the call was admitted
   * @param fullIn until nothing of the limit is used any more; not how long to wait
   */
  public record Level(long limit, long remaining, Duration fullIn) {
    /** The used share of the limit, from 0 to 1. */
    double used() {
      return limit <= 0 ? 0 : Math.clamp((double) (limit - remaining) / limit, 0, 1);
    }
  }
}
