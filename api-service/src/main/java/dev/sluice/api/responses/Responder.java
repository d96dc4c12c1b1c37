package dev.sluice.api.responses;

import dev.sluice.api.admission.Admission;
import dev.sluice.api.admission.Admitted;
import dev.sluice.api.admission.Wishes;
import dev.sluice.api.cache.AnswerCache;
import dev.sluice.api.enqueue.RequestQueue;
import dev.sluice.api.lanes.LaneWatch;
import dev.sluice.api.replies.ReplyListener;
import dev.sluice.api.replies.Visits;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.id.Caller;
import dev.sluice.common.id.ResponseId;
import dev.sluice.common.topic.Priority;
import dev.sluice.common.topic.Reply;
import dev.sluice.common.trace.Traces;
import io.lettuce.core.RedisException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** What a client may do with responses, over whatever connection. Thread-safe. */
public final class Responder {
  private static final Logger log = LoggerFactory.getLogger(Responder.class);
  private static final Duration CANCELLED_WITHIN = Duration.ofSeconds(5);
  private static final int LOOKS = 6;
  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);
  // A worker publishes on while the end is on its way; numbers may be left out, not used twice.
  private static final long AHEAD = 1_000;
  private static final Executor THREADS = Thread::startVirtualThread;

  private final Admission admission;
  private final Beginning beginning;
  private final Sharing sharing;
  private final AnswerCache answers;
  private final LaneWatch lanes;
  private final RequestQueue queue;
  private final Visits visits;
  private final Watchers watchers;
  private final History history;
  private final InstantSource clock;
  private final Traces traces;

  Responder(
      Admission admission,
      Beginning beginning,
      Sharing sharing,
      AnswerCache answers,
      LaneWatch lanes,
      RequestQueue queue,
      Visits visits,
      Watchers watchers,
      History history,
      InstantSource clock,
      Traces traces) {
    this.admission = admission;
    this.beginning = beginning;
    this.sharing = sharing;
    this.answers = answers;
    this.lanes = lanes;
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
    var admitted = admission.admit(caller, body, wishes, previous != null);
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
        wishes.idempotencyKey() != null,
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
    var own = history.own(caller, responseId);
    for (int looks = 1; looks < LOOKS && !history.isKnown(own); looks++) {
      try {
        Thread.sleep(LOOK_AGAIN);
      } catch (InterruptedException stopping) {
        Thread.currentThread().interrupt();
        throw new SluiceException(ErrorCode.SERVICE_UNAVAILABLE);
      }
    }
    var id = history.ownAndKept(caller, responseId);
    // The key is remembered for longer than the events are
    var stored = history.end(id).map(end -> Retelling.of(responseId, end)).orElse(List.of());
    return resume(id, QueuedEvent.SEQUENCE, client, stored);
  }

  /**
   * Hands on what a client has missed of a response, then what is to come. Blocks for a round trip
   * to Redis.
   *
   * @throws SluiceException if the id is not one of this caller's responses
   */
  public Watch resume(Caller caller, String responseId, StartingAfter after, ReplyListener client) {
    var id = history.ownAndKept(caller, responseId);
    return resume(id, after.sequence(), client, List.of());
  }

  private Watch resume(ResponseId id, long after, ReplyListener client, List<Reply> stored) {
    var response = new ResumedResponse(id.value(), client, watchers, stored);
    try {
      response.at(visits.visit(id, after, response));
    } catch (SluiceException noRoom) {
      response.leave();
      throw noRoom;
    }
    var _ = lanes.find(id.value()).thenAccept(waits -> waits.ifPresent(at -> tell(response, at)));
    THREADS.execute(() -> goOn(id));
    return response;
  }

  private void tell(ResumedResponse response, LaneWatch.Place place) {
    var id = response.responseId();
    response.waitsAt(lanes.watch(place, standing -> response.aside(Account.queue(id, standing))));
  }

  /** Whatever comes of it, the client hears what is there. */
  private void goOn(ResponseId id) {
    try {
      sharing.takeOver(id, history::look);
    } catch (SluiceException notNow) {
      log.atWarn()
          .addKeyValue("request_id", id.value())
          .addKeyValue("cause", notNow.toString())
          .log("A shared answer cannot be gone on with here; its client may come back again");
    }
  }

  /**
   * @return fails if nothing is known of it
   * @throws SluiceException if the id is not one of this caller's responses
   */
  public CompletableFuture<Void> cancel(Caller caller, String responseId) {
    history.own(caller, responseId);
    return CompletableFuture.runAsync(
        () -> cancel(history.ownAndKept(caller, responseId)), THREADS);
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
    cancel(id);
    return history.awaitEnd(id, CANCELLED_WITHIN);
  }

  /**
   * What is known of a response. Blocks until its events have been read.
   *
   * @throws SluiceException if nothing is known of it
   */
  public Retrieved retrieve(Caller caller, String responseId) {
    var id = history.own(caller, responseId);
    var known = history.retrieve(id);
    if (!known.ended()) goOn(id); // nobody else may be there to do it
    return known;
  }

  /**
   * Forgets a response, which ends if it runs.
   *
   * @throws SluiceException if nothing is known of it
   */
  public void delete(Caller caller, String responseId) {
    var known = retrieve(caller, responseId);
    var id = history.own(caller, responseId);
    if (!known.ended()) cancel(id);
    join(answers.forget(responseId));
    history.delete(id);
  }

  /** Where others wait for the same answer, it ends for this client alone. Blocks. */
  private void cancel(ResponseId id) {
    goOn(id);
    if (watchers.hasFollowers(id.value()).toCompletableFuture().join()) endForOwnClient(id);
    else join(queue.cancel(id.value()));
  }

  /** Whoever follows the response passes over this end. */
  private void endForOwnClient(ResponseId id) {
    var seen = history.look(id);
    var queued = seen.queued();
    if (queued == null || seen.hasEnded().isDone()) return;
    long next = seen.last() + AHEAD;
    var end = QueuedEvent.cancelled(queued, next);
    var last = new Reply(id.value(), next, Reply.OWN_CLIENT, true, end);
    join(queue.publish(id.homePartition(), List.of(last)));
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
    return switch (cause) {
      case SluiceException refusal -> refusal;
      case RedisException _ -> new SluiceException(ErrorCode.SERVICE_UNAVAILABLE);
      case null, default -> new SluiceException(ErrorCode.SERVER_ERROR);
    };
  }
}
