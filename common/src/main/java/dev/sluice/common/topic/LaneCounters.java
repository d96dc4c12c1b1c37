package dev.sluice.common.topic;

import java.time.Duration;

/**
 * What a lane has been given and what has left it, one hash in Redis: the api-service counts what
 * it enqueues, workers count what starts or ends unstarted. The difference is what waits. An aid
 * for queue positions, never for decisions about money or limits: a lost hash begins again at
 * nothing. What was counted in and never came is mended by the workers.
 */
public final class LaneCounters {
  public static final String ACCEPTED = "accepted";
  public static final String ACCEPTED_TOKENS = "accepted_tokens";
  public static final String STARTED = "started";
  public static final String STARTED_TOKENS = "started_tokens";

  /** Requests that were counted as started because they never came. */
  public static final String MENDED = "mended";

  /** Untouched for so long, nothing can be waiting: a count that has gone wrong is forgotten. */
  public static final Duration TTL = Duration.ofMinutes(15);

  private LaneCounters() {}

  /** The hash's key; braces make a lane one hash slot of a cluster. */
  public static String key(Lane lane) {
    return "sluice:lane:{%s}".formatted(lane.label());
  }
}
