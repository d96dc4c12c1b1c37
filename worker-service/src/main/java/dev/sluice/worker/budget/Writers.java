package dev.sluice.worker.budget;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The last change of each worker, so that one who was not answered can see whether it was made.
 * Time is an argument, ns.
 */
final class Writers {
  static final long NONE = 0;

  // The state must stay small: beyond it a worker that is not answered takes its change for lost.
  private static final int MOST = 256;
  // Who asks later than that takes it for lost too.
  private static final long FORGOTTEN = 120_000_000_000L;

  /**
   * @param at when it was made, ns
   */
  private record Change(long number, long at) {}

  private final Map<Long, Change> changes = new LinkedHashMap<>();

  void wrote(long worker, long number, long now) {
    if (changes.size() < MOST || changes.containsKey(worker))
      changes.put(worker, new Change(number, now));
  }

  /** {@link #NONE} if nothing is known of it. */
  long lastOf(long worker) {
    var last = changes.get(worker);
    return last == null ? NONE : last.number;
  }

  void moveTo(long now) {
    changes.values().removeIf(change -> now - change.at > FORGOTTEN);
  }

  void write(DataOutput out) throws IOException {
    out.writeShort(changes.size());
    for (var each : changes.entrySet()) {
      out.writeLong(each.getKey());
      out.writeLong(each.getValue().number);
      out.writeLong(each.getValue().at);
    }
  }

  static Writers read(DataInput in) throws IOException {
    var writers = new Writers();
    int count = in.readShort();
    for (int i = 0; i < count; i++)
      writers.changes.put(in.readLong(), new Change(in.readLong(), in.readLong()));
    return writers;
  }
}
