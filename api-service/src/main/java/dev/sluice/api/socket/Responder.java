package dev.sluice.api.socket;

import dev.sluice.api.admission.Admission;
import dev.sluice.api.admission.Admitted;
import dev.sluice.api.enqueue.RequestQueue;
import dev.sluice.api.replies.Replies;
import dev.sluice.api.replies.ReplyListener;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.id.Caller;
import dev.sluice.common.id.ResponseIds;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.node.ObjectNode;

/** What a socket does with a request: admits, follows, enqueues. Thread-safe. */
final class Responder {
  private final Admission admission;
  private final RequestQueue queue;
  private final Replies replies;
  private final ResponseIds ids;

  Responder(Admission admission, RequestQueue queue, Replies replies, ResponseIds ids) {
    this.admission = admission;
    this.queue = queue;
    this.replies = replies;
    this.ids = ids;
  }

  /**
   * @throws SluiceException if the request is refused
   */
  Admitted admit(Caller caller, ObjectNode body) {
    return admission.admit(caller, body);
  }

  /**
   * Enqueues an admitted request; its events go to {@code listener}, which may hear the first of
   * them before this completes.
   */
  CompletableFuture<Void> enqueue(Admitted admitted, ReplyListener listener) {
    var id = admitted.request().id();
    replies.follow(id, listener);
    return queue
        .enqueue(admitted.lane(), admitted.request())
        .whenComplete((_, failure) -> {
          if (failure != null) replies.leave(id);
        });
  }

  /**
   * @throws SluiceException if the id is not one of this caller's responses
   */
  CompletableFuture<Void> cancel(Caller caller, String responseId) {
    if (ids.verify(responseId, caller.user()).isEmpty())
      throw new SluiceException(
          ErrorCode.RESPONSE_NOT_FOUND, ErrorCode.RESPONSE_NOT_FOUND.sentence(), "response_id");
    return queue.cancel(responseId);
  }

  /** Its client has gone and did not come back: ends a response that was left running. */
  void abandon(String responseId) {
    var _ = queue.cancel(responseId);
  }

  /** Nobody listens any more. */
  void leave(String responseId) {
    replies.leave(responseId);
  }
}
