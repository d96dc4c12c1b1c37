package dev.sluice.worker.ledger;

import dev.sluice.common.message.AttemptResolved;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides what a batch adds to the ledger. Pure.
 *
 * <p>The rule: of an attempt that is settled more than once, the first settlement counts; a later
 * one that the provider counted replaces an estimate, by a correction; anything else is a repeat.
 * What somebody decides of counts that cannot be believed replaces them, once. It holds whatever is
 * delivered again, and from wherever: a replay adds nothing.
 */
final class Settlements {
  static final String SETTLED_LATE = "settled_late";
  static final String RESOLVED = "resolved";

  private final Map<AttemptKey, Standing> known;
  private final List<UsageRow> added = new ArrayList<>();
  private int repeats;

  /**
   * What the ledger has of an attempt.
   *
   * @param replaceable the row as it stands, if there is something that would replace it
   */
  record Standing(Optional<UsageRow> replaceable) {}

  /**
   * @param known by attempt; changed as the batch is gone through
   */
  Settlements(Map<AttemptKey, Standing> known) {
    this.known = known;
  }

  /** Takes the next event's row, in the order of the topic. */
  void take(UsageRow row) {
    var standing = known.get(row.key());
    if (standing == null) {
      add(row);
      return;
    }
    var estimate = standing.replaceable().filter(UsageRow::estimated);
    if (estimate.isPresent() && !row.estimated()) replace(estimate.get(), row, SETTLED_LATE);
    else repeats++;
  }

  /**
   * Takes what somebody decided; an attempt that is not suspect, or not any more, stays as it is.
   */
  void take(AttemptResolved resolved, CardsInForce cards) {
    Optional.ofNullable(known.get(new AttemptKey(resolved.requestId(), resolved.attempt())))
        .flatMap(Standing::replaceable)
        .filter(row -> row.suspect() != null)
        .ifPresentOrElse(
            row -> replace(row, row.resolved(resolved).priced(cards), RESOLVED), () -> repeats++);
  }

  private void replace(UsageRow wrong, UsageRow right, String reason) {
    added.add(wrong.reversed(reason));
    add(right.replacing(wrong, reason));
  }

  private void add(UsageRow row) {
    added.add(row);
    boolean isReplaceable = row.estimated() || row.suspect() != null;
    known.put(row.key(), new Standing(isReplaceable ? Optional.of(row) : Optional.empty()));
  }

  List<UsageRow> added() {
    return added;
  }

  /** Events that add nothing. */
  int repeats() {
    return repeats;
  }
}
