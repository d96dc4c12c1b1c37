package dev.sluice.worker.intake;

import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * Which offsets of one partition have ended. Records end in any order; what may be committed is the
 * offset below which all have. Gaps (compaction, transaction markers) need no care: an offset that
 * was never started blocks nothing. Confined to the poll loop's thread.
 */
final class OffsetMap {
  private final NavigableSet<Long> open = new TreeSet<>();
  private long next;

  /**
   * @param position the first offset that this worker will see
   */
  OffsetMap(long position) {
    next = position;
  }

  void started(long offset) {
    open.add(offset);
    next = Math.max(next, offset + 1);
  }

  void ended(long offset) {
    open.remove(offset);
  }

  /** Every offset below has ended. */
  long committable() {
    return open.isEmpty() ? next : open.first();
  }
}
