package dev.sluice.worker.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides what a batch adds to the ledger. Pure.
 *
 * <p>The rule: of an attempt that is settled more than once, the first settlement counts; a later
 * one that the provider counted replaces an estimate, by a correction; anything else is a repeat.
 * It holds whatever is delivered again, and from wherever: a replay adds nothing.
 */
final class Settlements {
  static final String SETTLED_LATE = "settled_late";

  private final Map<AttemptKey, Standing> known;
  private final List<UsageRow> added = new ArrayList<>();
  private int repeats;

  /**
   * What the ledger has of an attempt.
   *
   * @param estimate the row to replace if the provider's own count comes; empty if it has come
   */
  record Standing(Optional<UsageRow> estimate) {}

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
    } else if (standing.estimate().isPresent() && !row.estimated()) {
      var wrong = standing.estimate().get();
      added.add(wrong.reversed(SETTLED_LATE));
      add(row.replacing(wrong, SETTLED_LATE));
    } else {
      repeats++;
    }
  }

  private void add(UsageRow row) {
    added.add(row);
    known.put(row.key(), new Standing(row.estimated() ? Optional.of(row) : Optional.empty()));
  }

  List<UsageRow> added() {
    return added;
  }

  /** Events that add nothing. */
  int repeats() {
    return repeats;
  }
}
