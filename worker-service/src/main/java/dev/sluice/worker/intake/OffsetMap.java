package dev.sluice.worker.intake;

import dev.sluice.common.topic.EndedOffsets;
import java.util.BitSet;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/**
 * Which offsets of one partition have ended. Records end in any order; what may be committed is the
 * offset below which all have, and beside it those above that have ended too, so that whoever owns
 * the partition next does not begin them again. Gaps (compaction, transaction markers) need no
 * care: an offset that was never started blocks nothing. Confined to the poll loop's thread.
 */
final class OffsetMap {
  private final NavigableSet<Long> open = new TreeSet<>();
  private final NavigableSet<Long> endedBefore = new TreeSet<>(); // under others, not fetched here
  private long next;

  /**
   * @param position the first offset that this worker will see
   */
  OffsetMap(long position) {
    next = position;
  }

  /** The map as its partition's last owner left it. */
  static OffsetMap of(OffsetAndMetadata committed) {
    var map = new OffsetMap(committed.offset());
    EndedOffsets.decode(committed.metadata()).stream()
        .mapToObj(bit -> committed.offset() + bit)
        .forEach(map.endedBefore::add);
    return map;
  }

  /**
   * A record was fetched.
   *
   * @return whether it is to be started; false if it has ended under another owner
   */
  boolean fetched(long offset) {
    next = Math.max(next, offset + 1);
    return !endedBefore.remove(offset) && open.add(offset);
  }

  void ended(long offset) {
    open.remove(offset);
  }

  /** How many have ended that the committed offset does not tell. */
  long endedAhead() {
    return open.isEmpty() ? 0 : next - open.first() - open.size();
  }

  /** Every offset below has ended. */
  long committable() {
    return open.isEmpty() ? next : open.first();
  }

  /** What to commit: {@link #committable}, and which offsets above it have ended. */
  OffsetAndMetadata commit() {
    long from = committable();
    var ended = new BitSet();
    if (!open.isEmpty()) {
      ended.set(0, bit(next, from));
      open.forEach(offset -> ended.clear(bit(offset, from)));
    }
    endedBefore.tailSet(from).forEach(offset -> ended.set(bit(offset, from)));
    ended.clear(
        EndedOffsets.MOST_BITS,
        EndedOffsets.MOST_BITS + 1); // they come again, and are recognised by their lease
    return new OffsetAndMetadata(from, EndedOffsets.encode(ended));
  }

  private static int bit(long offset, long from) {
    return (int) Math.min(offset - from, EndedOffsets.MOST_BITS);
  }
}
