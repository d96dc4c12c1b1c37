package dev.sluice.api.responses;

import dev.sluice.api.admission.Admission;
import dev.sluice.api.admission.Admitted;
import dev.sluice.api.admission.Wishes;
import dev.sluice.api.enqueue.RequestQueue;
import dev.sluice.api.replies.ReplyListener;
import dev.sluice.api.replies.Visits;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.id.Caller;
import dev.sluice.common.id.ResponseId;
import dev.sluice.common.topic.Priority;
import dev.sluice.common.trace.Traces;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What a client may do with responses, over whatever connection. Thread-safe. */
public final class Responder {
  private static final Duration CANCELLED_WITHIN = Duration.ofSeconds(5);
  private static final int LOOKS = 6;
  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

  private final Admission admission;
  private final Beginning beginning;
  private final RequestQueue queue;
  private final Visits visits;
  private final Watchers watchers;
  private final History history;
  private final InstantSource clock;
  private final Traces traces;

  Responder(
      Admission admission,
      Beginning beginning,
      RequestQueue queue,
      Visits visits,
      Watchers watchers,
      History history,
      InstantSource clock,
      Traces traces) {
    this.admission = admission;
    this.beginning = beginning;
    this.queue = queue;
    this.visits = visits;
    this.watchers = watchers;
    this.history = history;
    this.clock = clock;
    this.traces = traces;
  }

  /**
   * Admits a request. If it continues a response, the whole conversation becomes its input first.
   * Blocks for round trips to Redis.
   *
   * @param body the request's; changed by this
   * @throws SluiceException if the request is refused
   */
  public PreparedRequest prepare(Caller caller, ObjectNode body, Wishes wishes) {
    var trace = ResponseTrace.begin(traces);
    try (var _ = trace.admission()) {
      var prepared = prepare(caller, body, wishes, trace);
      trace.admitted(prepared.id());
      return prepared;
    } catch (SluiceException refusal) {
      trace.failed(refusal.code());
      throw refusal;
    }
  }

  private PreparedRequest prepare(
      Caller caller, ObjectNode body, Wishes wishes, ResponseTrace trace) {
    var previous = history.unfold(caller, body);
    var admitted = admission.admit(caller, body, wishes);
    var queued =
        QueuedEvent.of(
            admitted.responseId(),
            clock.instant(),
            body,
            previous,
            wishes.priority() == Priority.BACKGROUND,
            Account.field(admitted));
    return new PreparedRequest(
        caller,
        admitted,
        admitted.responseId(),
        queued,
        body.path("store").asBoolean(true),
        wishes.progress(),
        Account.headers(admitted),
        trace);
  }

  /**
   * Begins a response; its events but {@code response.queued} go to {@code client}, which may hear
   * the first of them before the request is known to be accepted.
   */
  public Watch begin(PreparedRequest prepared, ReplyListener client) {
    if (!(prepared.admitted() instanceof Admitted.Repeated(var id)))
      return beginning.begin(prepared, client);
    prepared.trace().ended(); // the first of the two has a trace of its own
    return repeat(prepared.caller(), id, client);
  }

  /** The first of the two may not have got as far as the reply log yet. */
  private Watch repeat(Caller caller, String responseId, ReplyListener client) {
    for (int looks = 1; looks < LOOKS && !isKnown(caller, responseId); looks++) {
      try {
        Thread.sleep(LOOK_AGAIN);
      } catch (InterruptedException stopping) {
        Thread.currentThread().interrupt();
        throw new SluiceException(ErrorCode.SERVICE_UNAVAILABLE);
      }
    }
    return resume(caller, responseId, QueuedEvent.SEQUENCE, client);
  }

  private boolean isKnown(Caller caller, String responseId) {
    try {
      retrieve(caller, responseId);
      return true;
    } catch (SluiceException notYet) {
      return false;
    }
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
    return cancel(history.own(caller, responseId));
  }

  /**
   * Cancels a response and waits for its end; where that takes long, returns how far it has got.
   *
   * @throws SluiceException if nothing is known of it
   */
  public Retrieved cancelAndAwait(Caller caller, String responseId) {
    var before = retrieve(caller, responseId);
    if (before.ended()) return before;
    var id = history.own(caller, responseId);
    join(cancel(id));
    return history.awaitEnd(id, CANCELLED_WITHIN);
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
    var id = history.own(caller, responseId);
    if (!known.ended()) join(cancel(id));
    history.delete(id);
  }

  /** Where others wait for the same answer, it ends for this client alone. */
  private CompletableFuture<Void> cancel(ResponseId id) {
    return watchers
        .hasFollowers(id.value())
        .toCompletableFuture()
        .thenCompose(shared -> shared ? beginning.detach(id.value()) : queue.cancel(id.value()));
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
