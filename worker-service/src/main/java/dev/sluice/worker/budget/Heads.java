package dev.sluice.worker.budget;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Since when the first request of each worker's line has been waiting, so that the oldest goes
 * first whoever has it. A worker that has not been heard of for a while does not count. Time is an
 * argument, ns.
 */
final class Heads {
  // Beyond it order is no longer promised; the state must stay small.
  private static final int MOST = 256;
  // Every worker comes once a second; who has not for three is gone.
  private static final long GONE = 3_000_000_000L;

  /**
   * @param waitingSince when the request was accepted, ms since the epoch
   * @param toldAt when its worker said so, ns
   */
  private record Head(long waitingSince, long toldAt) {}

  private final Map<Long, Head> heads = new LinkedHashMap<>();

  /** What a worker's line begins with now. */
  void tell(long worker, long waitingSince, long now) {
    if (heads.size() < MOST || heads.containsKey(worker))
      heads.put(worker, new Head(waitingSince, now));
  }

  /** Forgets workers that are gone. */
  void moveTo(long now) {
    heads.values().removeIf(head -> now - head.toldAt > GONE);
  }

  /** A worker's line is empty. */
  void leave(long worker) {
    heads.remove(worker);
  }

  /** How many workers' first requests have waited longer than this worker's. */
  int older(long worker) {
    var own = heads.get(worker);
    long since = own == null ? Long.MAX_VALUE : own.waitingSince;
    return (int) heads.values().stream().filter(head -> head.waitingSince < since).count();
  }

  boolean areEmpty() {
    return heads.isEmpty();
  }

  void write(DataOutput out) throws IOException {
    out.writeShort(heads.size());
    for (var each : heads.entrySet()) {
      out.writeLong(each.getKey());
      out.writeLong(each.getValue().waitingSince);
      out.writeLong(each.getValue().toldAt);
    }
  }

  static Heads read(DataInput in) throws IOException {
    var heads = new Heads();
    int count = in.readShort();
    for (int i = 0; i < count; i++)
      heads.heads.put(in.readLong(), new Head(in.readLong(), in.readLong()));
    return heads;
  }
}
