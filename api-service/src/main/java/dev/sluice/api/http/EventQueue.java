package dev.sluice.api.http;

import dev.sluice.api.replies.ReplyListener;
import dev.sluice.common.topic.Reply;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Events on their way to one client that may read slowly. Thread-safe; only taking blocks. */
final class EventQueue implements ReplyListener {
  private final LinkedBlockingQueue<Reply> events = new LinkedBlockingQueue<>();
  private final AtomicLong bytes = new AtomicLong();
  private final int capacity;
  private volatile boolean full;

  /**
   * @param capacity bytes
   */
  EventQueue(int capacity) {
    this.capacity = capacity;
  }

  @Override
  public void accept(Reply event) {
    if (full) return;
    full = bytes.addAndGet(event.event().length) > capacity;
    if (!full) events.add(event);
  }

  /** Comes in its place among the events, under no number. */
  @Override
  public void aside(byte[] frame) {
    accept(new Reply("", -1, 0, false, frame));
  }

  /** The next event, or null if none comes in time. */
  @Nullable Reply poll(Duration patience) throws InterruptedException {
    var event = events.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    if (event != null) bytes.addAndGet(-event.event().length);
    return event;
  }

  boolean isEmpty() {
    return events.isEmpty();
  }

  /** Whether an event had no room: it was dropped, and all that followed it. */
  boolean hasOverflowed() {
    return full;
  }
}
