package dev.sluice.api.lanes;

import dev.sluice.common.budget.Bandwidth;
import dev.sluice.common.budget.Tier;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a lane has been given and what has left it so far, see {@link
 * dev.sluice.common.topic.LaneCounters}.
 */
public record LaneLength(long accepted, long acceptedTokens, long started, long startedTokens) {
  public static final LaneLength EMPTY = new LaneLength(0, 0, 0, 0);

  private static final double NANOS_A_MINUTE = 60e9;

  /** A request's place: how many were accepted up to it, and their tokens, its own included. */
  public record Ticket(long number, long tokens) {}

  /**
   * Where a request stands.
   *
   * @param position how many wait in front of it
   * @param eta until it starts
   * @param limitedBy the limit that sets the pace; null if nothing is in front of it
   */
  public record Standing(long position, Duration eta, @Nullable Bandwidth limitedBy) {}

  /** Where the next request to be accepted would stand. */
  public Standing standing(long own, Tier limits) {
    return of(next(own), own, limits);
  }

  /** The ticket of the next request to be accepted. */
  public Ticket next(long own) {
    return new Ticket(accepted + 1, acceptedTokens + own);
  }

  /**
   * Where the holder of a ticket stands, at the pace that the pool's limits allow.
   *
   * @param own tokens of the request itself
   */
  public Standing of(Ticket ticket, long own, Tier limits) {
    long requests = Math.max(0, ticket.number - 1 - started);
    long tokens = Math.max(0, ticket.tokens - own - startedTokens);
    if (requests == 0) return new Standing(0, Duration.ZERO, null);
    @Nullable Bandwidth limitedBy = null;
    double minutes = 0;
    for (var limit : limits.limits().entrySet()) {
      if (limit.getKey().isDaily()) continue;
      // Its own tokens have to be there too when it starts
      double ahead = limit.getKey().countsTokens() ? tokens + own : requests + 1;
      if (ahead / limit.getValue() <= minutes) continue;
      minutes = ahead / limit.getValue();
      limitedBy = limit.getKey();
    }
    return new Standing(requests, Duration.ofNanos((long) (minutes * NANOS_A_MINUTE)), limitedBy);
  }
}
