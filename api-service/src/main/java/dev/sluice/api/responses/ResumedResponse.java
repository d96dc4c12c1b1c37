package dev.sluice.api.responses;

import dev.sluice.api.replies.ReplyListener;
import dev.sluice.api.replies.Visitor;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.topic.Reply;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A response that a client has come back to. */
final class ResumedResponse implements Watch, Visitor {
  private final String id;
  private final ReplyListener client;
  private final CompletableFuture<Void> accepted = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final Presence presence;
  private volatile @Nullable Runnable endVisit;

  ResumedResponse(String id, ReplyListener client, Watchers watchers) {
    this.id = id;
    this.client = client;
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

  @Override
  public void accept(Reply reply) {
    accepted.complete(null);
    client.accept(reply);
  }

  @Override
  public void caughtUp(boolean found) {
    if (found) {
      accepted.complete(null);
      return;
    }
    leave();
    accepted.completeExceptionally(History.unknown());
    ended.completeExceptionally(History.unknown());
  }

  @Override
  public void atEnd() {
    leave();
    accepted.complete(null);
    ended.complete(null);
  }

  @Override
  public void lost(Loss loss) {
    leave();
    var failure =
        switch (loss) {
          case EXPIRED -> History.unknown();
          case UNREADABLE ->
              new SluiceException(
                  ErrorCode.SERVICE_UNAVAILABLE,
                  "The events of this response cannot be read now. Resume it again.");
        };
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
    var end = endVisit;
    if (end != null) end.run();
  }
}
