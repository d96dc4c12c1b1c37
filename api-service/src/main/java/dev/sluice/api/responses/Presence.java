package dev.sluice.api.responses;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** One client among those who watch a response; it leaves once. Thread-safe; nothing blocks. */
final class Presence {
  private final Watchers watchers;
  private final String responseId;
  private final String name;
  private final AtomicBoolean left = new AtomicBoolean();

  /** From now on it watches. */
  Presence(Watchers watchers, String responseId) {
    this.watchers = watchers;
    this.responseId = responseId;
    this.name = watchers.enter(responseId);
  }

  boolean hasLeft() {
    return left.get();
  }

  void leave() {
    if (left.compareAndSet(false, true)) watchers.leave(responseId, name);
  }

  /** Leaves; if nobody watches the response once {@code grace} is over, it is cancelled. */
  void leave(Duration grace) {
    if (left.compareAndSet(false, true)) watchers.leave(responseId, name, grace);
  }
}
