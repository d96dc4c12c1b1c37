package dev.sluice.api.responses;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Behind which event a client wants to go on: {@code starting_after}; -1 for all of them. */
public record StartingAfter(long sequence) {
  private static final String NAME = "starting_after";
  private static final StartingAfter NOTHING = new StartingAfter(-1);

  /** Behind {@code response.queued}. */
  public static final StartingAfter QUEUED = new StartingAfter(QueuedEvent.SEQUENCE);

  /**
   * @throws SluiceException with {@link ErrorCode#INVALID_VALUE} below -1
   */
  public StartingAfter {
    if (sequence < -1) throw wrong();
  }

  /**
   * @param given missing or null for all events
   * @throws SluiceException with {@link ErrorCode#INVALID_VALUE} if it is no sequence number
   */
  public static StartingAfter of(JsonNode given) {
    if (given.isMissingNode() || given.isNull()) return NOTHING;
    if (!given.isIntegralNumber() || !given.canConvertToLong()) throw wrong();
    return new StartingAfter(given.longValue());
  }

  /** The same, from a query. */
  public static StartingAfter of(@Nullable String given) {
    if (given == null) return NOTHING;
    try {
      return new StartingAfter(Long.parseLong(given));
    } catch (NumberFormatException notANumber) {
      throw wrong();
    }
  }

  private static SluiceException wrong() {
    return new SluiceException(
        ErrorCode.INVALID_VALUE,
        "starting_after must be the sequence_number of the last event that you have.",
        NAME);
  }
}
