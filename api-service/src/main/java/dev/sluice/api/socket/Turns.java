package dev.sluice.api.socket;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedList;
import java.util.List;
import java.util.Set;

/**
 * Whose turn it is on one connection: requests of one stream run one after the other, those of
 * different streams at once, up to a limit. Not thread-safe.
 *
 * @param <R> a request
 */
final class Turns<R> {
  private final int maxInFlight;
  private final int maxWaiting;
  private final List<Waiting<R>> waiting = new LinkedList<>();
  private final Set<String> busy = new HashSet<>();

  private record Waiting<R>(String stream, R request) {}

  Turns(int maxInFlight, int maxWaiting) {
    this.maxInFlight = maxInFlight;
    this.maxWaiting = maxWaiting;
  }

  /** Whether there was room in the line. */
  boolean offer(String stream, R request) {
    boolean atOnce = !busy.contains(stream) && busy.size() < maxInFlight;
    if (!atOnce && waiting.size() >= maxWaiting) return false;
    waiting.add(new Waiting<>(stream, request));
    return true;
  }

  /** The stream's request has ended; the next one of it may have its turn. */
  void ended(String stream) {
    busy.remove(stream);
  }

  /** Nobody waits any more. */
  void clear() {
    waiting.clear();
  }

  /** Whether nothing runs and nobody waits. */
  boolean isIdle() {
    return busy.isEmpty() && waiting.isEmpty();
  }

  /** Whoever may run now, in the order in which they came. */
  List<R> next() {
    var turns = new ArrayList<R>();
    for (Iterator<Waiting<R>> line = waiting.iterator();
        line.hasNext() && busy.size() < maxInFlight; ) {
      var first = line.next();
      if (!busy.add(first.stream())) continue;
      line.remove();
      turns.add(first.request());
    }
    return turns;
  }
}
