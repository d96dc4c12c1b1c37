package dev.sluice.api.responses;

import dev.sluice.api.replies.ReplyListener;
import dev.sluice.common.topic.Reply;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A response whose request came to this instance, and the client that asked. It is followed to its
 * end even when the client has left, if its conversation is to be kept.
 */
final class RunningResponse implements Watch, ReplyListener {
  private final String id;
  private final ResponseTrace trace;
  private final Consumer<Reply> onEnd;
  private final CompletableFuture<Void> accepted = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final Presence presence;
  private volatile @Nullable ReplyListener client;
  private volatile long lastHeard;
  private boolean over; // the events' thread's alone

  /**
   * @param onEnd hears the last event, whether the client is there or not
   */
  RunningResponse(
      String id,
      ReplyListener client,
      Watchers watchers,
      ResponseTrace trace,
      Consumer<Reply> onEnd) {
    this.id = id;
    this.client = client;
    this.trace = trace;
    this.onEnd = onEnd;
    this.presence = new Presence(watchers, id);
  }

  /** What comes after its end, where it ended for its own client alone, is for others. */
  @Override
  public void accept(Reply reply) {
    if (over) return;
    if (lastHeard == 0) trace.firstEvent();
    lastHeard = reply.sequence();
    hand(reply);
    if (!reply.terminal()) return;
    over = true;
    client = null;
    onEnd.accept(reply);
    presence.leave();
    ended.complete(null);
    trace.ended();
  }

  private void hand(Reply reply) {
    var listener = client;
    if (listener == null) return;
    try (var _ = trace.delivery(reply)) {
      listener.accept(reply);
    }
  }

  /** Its place in the queue, as long as it waits. */
  @Override
  public void aside(byte[] frame) {
    var listener = client;
    if (listener != null && lastHeard == 0) listener.aside(frame);
  }

  /** Sequence number of the last event. */
  long lastHeard() {
    return lastHeard;
  }

  @Override
  public String responseId() {
    return id;
  }

  @Override
  public CompletableFuture<Void> accepted() {
    return accepted;
  }

  @Override
  public CompletableFuture<Void> ended() {
    return ended;
  }

  @Override
  public void leave() {
    client = null;
    presence.leave();
  }

  @Override
  public void leave(Duration grace) {
    client = null;
    presence.leave(grace);
  }
}
