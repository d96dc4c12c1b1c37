package dev.sluice.api.lanes;

import dev.sluice.common.message.LimitingFactor;
import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.Priority;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a lane has been given and what has left it so far, see {@link
 * dev.sluice.common.topic.LaneCounters}.
 */
public record LaneLength(long accepted, long acceptedTokens, long started, long startedTokens) {
  public static final LaneLength EMPTY = new LaneLength(0, 0, 0, 0);

  /** A request's place: how many were accepted up to it, and their tokens, its own included. */
  public record Ticket(long number, long tokens) {}

  /**
   * Where a request stands.
   *
   * @param position how many wait in front of it
   * @param eta until it starts; null if nobody can tell
   * @param limitedBy what it waits for; null if for nothing
   */
  public record Standing(
      long position, @Nullable Duration eta, @Nullable LimitingFactor limitedBy) {}

  /** What a lane is for those who wait in it, with what goes before them in another. */
  public static LaneLength of(Lane lane, Map<Lane, LaneLength> lengths, Paces paces) {
    var own = lengths.getOrDefault(lane, EMPTY);
    var first = first(lane);
    if (first.equals(lane) || paces.of(first).halted() != null) return own;
    return own.behind(lengths.getOrDefault(first, EMPTY));
  }

  /** The lane that goes before it; itself if none does. */
  public static Lane first(Lane lane) {
    return new Lane(lane.pool(), Priority.INTERACTIVE);
  }

  private LaneLength behind(LaneLength first) {
    long requests = Math.max(0, first.accepted - first.started);
    long tokens = Math.max(0, first.acceptedTokens - first.startedTokens);
    return new LaneLength(accepted, acceptedTokens, started - requests, startedTokens - tokens);
  }

  /** Where the next request to be accepted would stand. */
  public Standing standing(long own, Pace pace) {
    return of(next(own), own, pace);
  }

  /** The ticket of the next request to be accepted. */
  public Ticket next(long own) {
    return new Ticket(accepted + 1, acceptedTokens + own);
  }

  /**
   * Where the holder of a ticket stands.
   *
   * @param own tokens of the request itself
   */
  public Standing of(Ticket ticket, long own, Pace pace) {
    long requests = Math.max(0, ticket.number - 1 - started);
    long tokens = requests == 0 ? 0 : Math.max(0, ticket.tokens - own - startedTokens);
    var wait = pace.until(requests, tokens, own);
    return new Standing(requests, wait.eta(), wait.limitedBy());
  }
}
