package dev.sluice.api.responses;

import dev.sluice.api.admission.Admission;
import dev.sluice.api.admission.Admitted;
import dev.sluice.api.enqueue.RequestQueue;
import dev.sluice.api.replies.Replies;
import dev.sluice.api.replies.ReplyListener;
import dev.sluice.api.replies.Visits;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.id.Caller;
import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.Priority;
import dev.sluice.common.topic.Reply;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a client may do with responses, over whatever connection. Thread-safe. */
public final class Responder {
  private static final Duration CANCELLED_WITHIN = Duration.ofSeconds(5);
  // A worker that takes over a lost request ends it somewhat later than its deadline.
  private static final Duration AFTER_DEADLINE = Duration.ofMinutes(10);

  private static final JsonMapper JSON = new JsonMapper();

  private final Admission admission;
  private final RequestQueue queue;
  private final Replies replies;
  private final Visits visits;
  private final Watchers watchers;
  private final History history;
  private final ResponseStore store;

  Responder(
      Admission admission,
      RequestQueue queue,
      Replies replies,
      Visits visits,
      Watchers watchers,
      History history,
      ResponseStore store) {
    this.admission = admission;
    this.queue = queue;
    this.replies = replies;
    this.visits = visits;
    this.watchers = watchers;
    this.history = history;
    this.store = store;
  }

  /**
   * Admits a request. If it continues a response, the whole conversation becomes its input first;
   * then this blocks for a round trip to Redis.
   *
   * @param body the request's; changed by this
   * @param priority {@code BACKGROUND} if nobody waits for the answer
   * @throws SluiceException if the request is refused
   */
  public PreparedRequest prepare(Caller caller, ObjectNode body, Priority priority) {
    var previous = history.unfold(caller, body);
    var admitted = inLane(admission.admit(caller, body), priority);
    boolean background = priority == Priority.BACKGROUND;
    return new PreparedRequest(
        admitted, QueuedEvent.of(admitted.request(), body, previous, background), isStored(body));
  }

  /**
   * Enqueues a request; its events but {@code response.queued} go to {@code client}, which may hear
   * the first of them before the request is known to be accepted.
   */
  public Watch begin(PreparedRequest prepared, ReplyListener client) {
    var request = prepared.admitted().request();
    var response = new RunningResponse(request.id(), client, watchers, end -> ended(prepared, end));
    replies.follow(request.id(), request.deadline().plus(AFTER_DEADLINE), response);
    var queued = new Reply(request.id(), QueuedEvent.SEQUENCE, 0, false, prepared.queued());
    var _ =
        queue
            .enqueue(prepared.admitted().lane(), request, queued)
            .whenComplete((_, failure) -> {
              if (failure == null) accepted(prepared, response);
              else refused(prepared, response, failure);
            });
    return response;
  }

  /**
   * Hands on what a client has missed of a response, then what is to come. Blocks for a round trip
   * to Redis.
   *
   * @param after sequence number of the last event that the client knows; -1 for none
   * @throws SluiceException if the id is not one of this caller's responses
   */
  public Watch resume(Caller caller, String responseId, long after, ReplyListener client) {
    var id = history.ownAndKept(caller, responseId);
    var response = new ResumedResponse(responseId, client, watchers);
    try {
      response.at(visits.visit(id, after, response));
    } catch (SluiceException noRoom) {
      response.leave();
      throw noRoom;
    }
    return response;
  }

  /**
   * @throws SluiceException if the id is not one of this caller's responses
   */
  public CompletableFuture<Void> cancel(Caller caller, String responseId) {
    return queue.cancel(history.own(caller, responseId).value());
  }

  /**
   * Cancels a response and waits for its end; where that takes long, returns how far it has got.
   *
   * @throws SluiceException if nothing is known of it
   */
  public Retrieved cancelAndAwait(Caller caller, String responseId) {
    var before = retrieve(caller, responseId);
    if (before.ended()) return before;
    join(queue.cancel(responseId));
    return history.awaitEnd(history.own(caller, responseId), CANCELLED_WITHIN);
  }

  /**
   * What is known of a response. Blocks until its events have been read.
   *
   * @throws SluiceException if nothing is known of it
   */
  public Retrieved retrieve(Caller caller, String responseId) {
    return history.retrieve(history.own(caller, responseId));
  }

  /**
   * Forgets a response, which ends if it runs.
   *
   * @throws SluiceException if nothing is known of it
   */
  public void delete(Caller caller, String responseId) {
    var known = retrieve(caller, responseId);
    if (!known.ended()) join(queue.cancel(responseId));
    history.delete(history.own(caller, responseId));
  }

  private static Admitted inLane(Admitted admitted, Priority priority) {
    if (admitted.request().priority() == priority) return admitted;
    return new Admitted(
        new Lane(admitted.lane().pool(), priority), admitted.request().withPriority(priority));
  }

  private static boolean isStored(ObjectNode body) {
    return body.path("store").asBoolean(true);
  }

  private void accepted(PreparedRequest prepared, RunningResponse response) {
    if (prepared.stored()) store.keepInput(prepared.id(), () -> input(prepared));
    response.accepted().complete(null);
  }

  /** What the model is given, after whatever admission did to it. */
  private static byte[] input(PreparedRequest prepared) {
    JsonNode body = RequestJson.object(prepared.admitted().request().body());
    return JSON.writeValueAsBytes(History.items(body.path("input")));
  }

  private void refused(PreparedRequest prepared, RunningResponse response, Throwable failure) {
    replies.leave(prepared.id());
    response.leave();
    response.accepted().completeExceptionally(refusal(failure));
  }

  private void ended(PreparedRequest prepared, Reply end) {
    if (prepared.stored()) store.keepEnd(prepared.id(), end.event());
  }

  private static void join(CompletableFuture<Void> sent) {
    try {
      sent.join();
    } catch (CompletionException failed) {
      throw refusal(failed);
    }
  }

  /** Why something did not happen, as the client is told. */
  public static SluiceException refusal(@Nullable Throwable failure) {
    var cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
    return cause instanceof SluiceException refusal
        ? refusal
        : new SluiceException(ErrorCode.SERVER_ERROR);
  }
}
