package dev.sluice.api.responses;

import dev.sluice.api.replies.Visitor;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.topic.Reply;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Finds out how far a response has got, from its events. */
final class Looking implements Visitor {
  private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  // Written by the reader's thread, one event after the other
  private volatile byte @Nullable [] queued;
  private volatile byte @Nullable [] started;
  private volatile byte @Nullable [] end;
  private volatile long last;
  private volatile boolean answering;

  @Override
  public void accept(Reply reply) {
    last = reply.sequence();
    if (reply.sequence() != QueuedEvent.SEQUENCE && Follower.isPartOfAnswer(reply.event()))
      answering = true;
    if (reply.terminal()) end = reply.event();
    else if (reply.sequence() == QueuedEvent.SEQUENCE) queued = reply.event();
    else if (started == null) started = ResponseField.of(reply.event()).orElse(null);
  }

  @Override
  public void caughtUp(boolean found) {
    caughtUp.complete(null);
    if (!found) ended.complete(null);
  }

  @Override
  public void atEnd() {
    ended.complete(null);
  }

  @Override
  public void lost(Loss loss) {
    switch (loss) {
      case EXPIRED, OVERDUE -> caughtUp(false);
      case UNREADABLE -> {
        var failure = new SluiceException(ErrorCode.SERVICE_UNAVAILABLE);
        caughtUp.completeExceptionally(failure);
        ended.completeExceptionally(failure);
      }
    }
  }

  /** All that was published when the look began has been seen. */
  CompletableFuture<Void> isCaughtUp() {
    return caughtUp;
  }

  /** The response has ended, or there is none. */
  CompletableFuture<Void> hasEnded() {
    return ended;
  }

  /** The first event; null if it is not there any more. */
  byte @Nullable [] queued() {
    return queued;
  }

  /** The last event; empty if the response has not ended. */
  Optional<byte[]> end() {
    return Optional.ofNullable(end);
  }

  /** Number of the last event that has been seen. */
  long last() {
    return last;
  }

  /** Whether something of the answer itself has been seen. */
  boolean isAnswering() {
    return answering;
  }

  /** Whether it was asked that nothing be kept of it. */
  boolean isUnstored() {
    return response(queued)
        .or(() -> Optional.ofNullable(started)) // all that is left of one that was redriven late
        .map(response -> RequestJson.object(response).path("store"))
        .filter(store -> store.isBoolean() && !store.booleanValue())
        .isPresent();
  }

  /** What has been seen so far; empty if there was nothing of this response. */
  Optional<Retrieved> seen() {
    var last = response(end);
    if (last.isPresent()) return last.map(response -> new Retrieved(true, response));
    var running = started;
    return (running == null ? response(queued) : Optional.of(running))
        .map(response -> new Retrieved(false, response));
  }

  private static Optional<byte[]> response(byte @Nullable [] event) {
    return event == null ? Optional.empty() : ResponseField.of(event);
  }
}
