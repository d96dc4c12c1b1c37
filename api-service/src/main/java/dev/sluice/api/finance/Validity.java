package dev.sluice.api.finance;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.message.RateCardAdded;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * When a card that the ledger has is in force.
 *
 * @param until first moment at which it is not any more; null while it is the last one
 */
record Validity(Instant from, @Nullable Instant until) {
  /**
   * Whether a card may stand beside those that the ledger has: at every moment one price, and none
   * without one in between.
   *
   * @param cards of its model and tier, in the order of their dates
   * @throws SluiceException if it may not
   */
  static void check(RateCardAdded card, List<Validity> cards) {
    @Nullable Validity before = null;
    for (var other : cards) {
      if (other.from.equals(card.from()))
        throw refused(
            "There is a card from %s on already, and a card is not changed in place. Add one from a later moment on."
                .formatted(other.from));
      if (other.from.isAfter(card.from())) {
        checkEnd(card, other.from);
        break;
      }
      before = other;
    }
    if (before != null && before.until != null && before.until.isBefore(card.from()))
      throw refused(
          "It leaves a gap: the card before ends at %s. Begin there.".formatted(before.until));
  }

  private static void checkEnd(RateCardAdded card, Instant next) {
    var until = Objects.requireNonNullElse(card.until(), next);
    if (until.isAfter(next))
      throw refused("It overlaps the card from %s on. End it there.".formatted(next));
    if (until.isBefore(next))
      throw refused("It leaves a gap: the next card begins at %s. End it there.".formatted(next));
  }

  private static SluiceException refused(String why) {
    return new SluiceException(ErrorCode.RATE_CARD_CONFLICT, why);
  }
}
