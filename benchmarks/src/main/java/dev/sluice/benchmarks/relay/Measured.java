package dev.sluice.benchmarks.relay;

import dev.sluice.benchmarks.Distribution;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/** What came within a window of time, {@link System#nanoTime}. Thread-safe. */
final class Measured {
  private final long from;
  private final long to;
  private final LongAdder events = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final Queue<Long> added = new ConcurrentLinkedQueue<>();
  private final Queue<Long> answers = new ConcurrentLinkedQueue<>();

  Measured(long from, long to) {
    this.from = from;
    this.to = to;
  }

  /** An event has come to where it is wanted. */
  void event(long at, int length) {
    if (isOutside(at)) return;
    events.increment();
    bytes.add(length);
  }

  /** An event took so long from being read to where it is wanted. */
  void added(long readAt, long heardAt) {
    if (!isOutside(readAt)) added.add(heardAt - readAt);
  }

  /** An answer took so long from the question to its end. */
  void answer(long askedAt, long endedAt) {
    if (!isOutside(endedAt)) answers.add(endedAt - askedAt);
  }

  boolean isOver() {
    return System.nanoTime() - to >= 0;
  }

  private boolean isOutside(long at) {
    return at - from < 0 || at - to >= 0;
  }

  double eventsPerSecond() {
    return events.sum() / seconds();
  }

  double bytesPerSecond() {
    return bytes.sum() / seconds();
  }

  Distribution added() {
    return Distribution.of(added);
  }

  Distribution answers() {
    return Distribution.of(answers);
  }

  private double seconds() {
    return (to - from) / 1e9;
  }
}
