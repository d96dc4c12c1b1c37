package dev.sluice.api.responses;

import dev.sluice.api.replies.ReplyListener;
import dev.sluice.api.replies.Visitor;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.topic.Reply;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A response that a client has come back to. Where its events are gone and its end is stored, it is
 * told again from that.
 */
final class ResumedResponse implements Watch, Visitor {
  private final String id;
  private final ReplyListener client;
  private final List<Reply> stored;
  private final CompletableFuture<Void> accepted = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final Presence presence;
  private volatile @Nullable Runnable endVisit;
  private volatile boolean begun; // has an event of the answer, so it waits no longer
  private volatile Runnable endOfTelling = () -> {};

  /**
   * @param stored what tells the response again if its events are gone; may be empty
   */
  ResumedResponse(String id, ReplyListener client, Watchers watchers, List<Reply> stored) {
    this.id = id;
    this.client = client;
    this.stored = stored;
    // Before anything is read: a grace that is about to end must see that somebody is here.
    this.presence = new Presence(watchers, id);
  }

  /**
   * @param endOfVisit called when the client leaves
   */
  void at(Runnable endOfVisit) {
    endVisit = endOfVisit;
    if (presence.hasLeft()) endOfVisit.run();
  }

  /**
   * Its place in the queue is told as long as it waits.
   *
   * @param endOfTelling called when it does not, or when the client leaves
   */
  void waitsAt(Runnable endOfTelling) {
    this.endOfTelling = endOfTelling;
    if (begun || presence.hasLeft()) endOfTelling.run();
  }

  @Override
  public void accept(Reply reply) {
    if (reply.sequence() != QueuedEvent.SEQUENCE && !begun) {
      begun = true;
      endOfTelling.run();
    }
    accepted.complete(null);
    client.accept(reply);
  }

  @Override
  public void aside(byte[] frame) {
    if (!begun) client.aside(frame);
  }

  @Override
  public void caughtUp(boolean found) {
    if (found) accepted.complete(null);
    else gone(History.unknown());
  }

  @Override
  public void atEnd() {
    leave();
    accepted.complete(null);
    ended.complete(null);
  }

  @Override
  public void lost(Loss loss) {
    switch (loss) {
      case EXPIRED -> gone(History.unknown());
      case OVERDUE -> fail(new SluiceException(ErrorCode.DEADLINE_EXCEEDED));
      case UNREADABLE ->
          fail(
              new SluiceException(
                  ErrorCode.SERVICE_UNAVAILABLE,
                  "The events of this response cannot be read now. Resume it again."));
    }
  }

  /** Its events are not there, or not all of them. */
  private void gone(SluiceException otherwise) {
    if (stored.isEmpty() || begun) {
      fail(otherwise);
      return;
    }
    stored.forEach(client::accept);
    atEnd();
  }

  private void fail(SluiceException failure) {
    leave();
    accepted.completeExceptionally(failure);
    ended.completeExceptionally(failure);
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
    presence.leave();
    leaveVisit();
  }

  @Override
  public void leave(Duration grace) {
    presence.leave(grace);
    leaveVisit();
  }

  private void leaveVisit() {
    endOfTelling.run();
    var end = endVisit;
    if (end != null) end.run();
  }
}
