package dev.sluice.api.admission;

import dev.sluice.api.lanes.LaneLength;
import dev.sluice.common.id.ResponseId;
import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.Priority;

/**
 * The response that is being made to a question that others ask as well, and where to read it.
 *
 * @param lane where its request waits, or waited
 * @param ticket about its place there
 * @param own tokens of its request
 */
public record Leader(ResponseId id, Lane lane, LaneLength.Ticket ticket, long own) {
  /**
   * @param ticket {@code 0, 0} if its place is not known
   */
  static Leader of(RequestEnvelope request, Lane lane, LaneLength.Ticket ticket) {
    var id = new ResponseId(request.id(), request.replyPartition(), request.replyOffset());
    return new Leader(id, lane, ticket, request.reservedTokens());
  }

  /**
   * Whether a request that would wait in another lane may wait for this one instead: it draws on
   * the same limits, and nobody who waits follows one for whom nobody does.
   */
  boolean leads(Lane follower) {
    return lane.pool().equals(follower.pool())
        && (lane.priority() == Priority.INTERACTIVE || follower.priority() == Priority.BACKGROUND);
  }

  public String encode() {
    return "%s %d %d %s %s %d %d %d"
        .formatted(
            id.value(),
            id.homePartition(),
            id.offsetBound(),
            lane.pool(),
            lane.priority(),
            ticket.number(),
            ticket.tokens(),
            own);
  }

  /**
   * @throws IllegalArgumentException if {@link #encode} did not write it
   */
  public static Leader decode(String text) {
    var parts = text.split(" ", -1);
    if (parts.length != 8) throw new IllegalArgumentException("not a leader: " + text);
    return new Leader(
        new ResponseId(parts[0], Integer.parseInt(parts[1]), Long.parseLong(parts[2])),
        new Lane(parts[3], Priority.valueOf(parts[4])),
        new LaneLength.Ticket(Long.parseLong(parts[5]), Long.parseLong(parts[6])),
        Long.parseLong(parts[7]));
  }
}
