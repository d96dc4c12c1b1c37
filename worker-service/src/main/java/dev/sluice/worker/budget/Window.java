package dev.sluice.worker.budget;

import dev.sluice.common.budget.Bandwidth;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedList;
import java.util.ListIterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The calls of the last minute, for a provider that counts them in a sliding window: what was taken
 * in one piece comes back in one piece, a minute later. Time is an argument, ns.
 */
final class Window {
  /*
   * A bucket's steady rate would have to leave the largest charge free for the window's edge. Who
   * knows when each call was counted can start the next one as soon as there is room for it.
   *
   * When a call is counted, the provider alone knows: not before its start, and not after the head of
   * its answer has come. A new call may come at its start, an old one is held to be counted as late
   * as can be, so that the two can only be farther apart than they look.
   *
   * Calls are kept in slots, by the time at which they are held to be counted, and a little longer
   * than a minute: the provider's counters are compared with them by the time at which they were
   * told.
   */
  private static final int SLOTS_A_MINUTE = 600;
  private static final int KEPT_BEYOND = SLOTS_A_MINUTE / 20;
  // On the way to the provider, at the most; until its answer tells that it was less.
  static final long LATE_NANOS = 100_000_000L;

  private final long slotNanos;
  private final LinkedList<Slot> slots = new LinkedList<>(); // in the order of time
  private long lastStart;

  private static final class Slot {
    final long number;
    long tokens;
    long requests;

    Slot(long number) {
      this.number = number;
    }

    long of(Bandwidth bandwidth) {
      return bandwidth.countsTokens() ? tokens : requests;
    }
  }

  Window(BudgetSettings settings) {
    slotNanos = settings.minute().toNanos() / SLOTS_A_MINUTE;
  }

  /** Forgets what no minute that matters holds any more. */
  void expire(long now) {
    long oldest = slot(now) - SLOTS_A_MINUTE - KEPT_BEYOND;
    while (!slots.isEmpty() && slots.getFirst().number < oldest) slots.removeFirst();
  }

  /** For a provider that counts otherwise. */
  void clear() {
    slots.clear();
  }

  /**
   * When a call may start, and which bandwidth says so.
   *
   * @param room of each bandwidth in any minute
   */
  Buckets.Start earliest(long tokens, long now, Map<Bandwidth, Long> room) {
    long start = Math.max(now, lastStart);
    @Nullable Bandwidth limitedBy = null;
    for (var each : room.entrySet()) {
      var bandwidth = each.getKey();
      if (bandwidth.isDaily()) continue;
      long amount = bandwidth.countsTokens() ? tokens : 1;
      long free = freeAt(bandwidth, each.getValue() - amount, start);
      if (free <= start) continue;
      start = free;
      limitedBy = bandwidth;
    }
    return new Buckets.Start(start - now, limitedBy);
  }

  /** The first moment from {@code start} on at which no more than {@code most} is counted. */
  private long freeAt(Bandwidth bandwidth, long most, long start) {
    long counted = 0;
    for (var slot : slots) if (leavesAt(slot) > start) counted += slot.of(bandwidth);
    long free = start;
    for (var oldest = slots.iterator(); counted > most && oldest.hasNext(); ) {
      var slot = oldest.next();
      if (leavesAt(slot) <= start) continue;
      counted -= slot.of(bandwidth);
      free = leavesAt(slot);
    }
    return free;
  }

  /** A call will start. */
  void add(long start, long tokens) {
    lastStart = Math.max(lastStart, start);
    add(slot(start + LATE_NANOS), tokens, 1);
  }

  /** Calls that nobody remembers: as many as {@code share} of each limit allows. */
  void addUnseen(long at, double share, Map<Bandwidth, Long> limits) {
    var unseen = at(slot(at + LATE_NANOS));
    unseen.tokens += (long) (share * limits.getOrDefault(Bandwidth.TPM, 0L));
    unseen.requests += (long) (share * limits.getOrDefault(Bandwidth.RPM, 0L));
  }

  /** A call that was to start then was not made, or was not charged for so many tokens. */
  void remove(long start, long tokens, int requests) {
    take(slot(start + LATE_NANOS), tokens, requests);
  }

  /** A call that was to start then was counted at a time no later than {@code at}. */
  void counted(long start, long tokens, long at) {
    long presumed = slot(start + LATE_NANOS);
    if (slot(at) == presumed || !take(presumed, tokens, 1)) return;
    add(slot(at), tokens, 1);
  }

  /** What the provider may have counted when it told its counters between two times. */
  long countedBetween(Bandwidth bandwidth, long from, long to) {
    long oldest = slot(from) - SLOTS_A_MINUTE;
    long newest = slot(to + LATE_NANOS);
    long counted = 0;
    for (var slot : slots)
      if (slot.number >= oldest && slot.number <= newest) counted += slot.of(bandwidth);
    return counted;
  }

  private long slot(long time) {
    return Math.floorDiv(time, slotNanos);
  }

  /** When all of it lies outside of every minute that begins later. */
  private long leavesAt(Slot slot) {
    return (slot.number + 1 + SLOTS_A_MINUTE) * slotNanos;
  }

  private void add(long number, long tokens, int requests) {
    var slot = at(number);
    slot.tokens += tokens;
    slot.requests += requests;
  }

  /** The slot of that number; most are the last. */
  private Slot at(long number) {
    ListIterator<Slot> position = slots.listIterator(slots.size());
    while (position.hasPrevious()) {
      var slot = position.previous();
      if (slot.number == number) return slot;
      if (slot.number < number) {
        position.next();
        break;
      }
    }
    var added = new Slot(number);
    position.add(added);
    return added;
  }

  /** Whether it was there: what is older is forgotten. */
  private boolean take(long number, long tokens, int requests) {
    for (Iterator<Slot> newest = slots.descendingIterator(); newest.hasNext(); ) {
      var slot = newest.next();
      if (slot.number < number) return false;
      if (slot.number > number) continue;
      slot.tokens = Math.max(0, slot.tokens - tokens);
      slot.requests = Math.max(0, slot.requests - requests);
      return true;
    }
    return false;
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(lastStart);
    out.writeShort(slots.size());
    long last = 0;
    for (var slot : slots) {
      writeNumber(out, slot.number - last);
      writeNumber(out, slot.tokens);
      writeNumber(out, slot.requests);
      last = slot.number;
    }
  }

  static Window read(DataInput in, BudgetSettings settings) throws IOException {
    var window = new Window(settings);
    window.lastStart = in.readLong();
    int count = in.readShort();
    long last = 0;
    for (int i = 0; i < count; i++) {
      var slot = new Slot(last + readNumber(in));
      slot.tokens = readNumber(in);
      slot.requests = readNumber(in);
      window.slots.add(slot);
      last = slot.number;
    }
    return window;
  }

  // Seven bits a byte, the lowest first: most are small, and each exchange carries all of them.
  private static void writeNumber(DataOutput out, long number) throws IOException {
    long left = number;
    for (; left > 0x7F; left >>>= 7) out.writeByte((int) (left & 0x7F | 0x80));
    out.writeByte((int) left);
  }

  private static long readNumber(DataInput in) throws IOException {
    long number = 0;
    for (int shift = 0; ; shift += 7) {
      int next = in.readUnsignedByte();
      number |= (long) (next & 0x7F) << shift;
      if (next <= 0x7F) return number;
    }
  }
}
