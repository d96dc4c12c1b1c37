package dev.sluice.api.responses;

import dev.sluice.api.admission.Admission;
import dev.sluice.api.admission.Admitted.Cached;
import dev.sluice.api.admission.Admitted.Coalesced;
import dev.sluice.api.admission.Admitted.Queueable;
import dev.sluice.api.cache.AnswerCache;
import dev.sluice.api.enqueue.RequestQueue;
import dev.sluice.api.lanes.LaneWatch;
import dev.sluice.api.replies.Replies;
import dev.sluice.api.replies.ReplyListener;
import dev.sluice.common.message.AnswerReused;
import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.topic.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.json.JsonMapper;

/**
 * The ways in which a response begins: by a call of its own, by an answer that is kept, by the
 * answer to the same question that is being made. However it is, its events are in the reply log
 * under its own id, so that what follows - resume, retrieve, store - need not know. Thread-safe.
 */
final class Beginning {
  // A worker that takes over a lost request ends it somewhat later than its deadline.
  private static final Duration AFTER_DEADLINE = Duration.ofMinutes(10);
  private static final JsonMapper JSON = new JsonMapper();

  private final Admission admission;
  private final RequestQueue queue;
  private final Replies replies;
  private final Watchers watchers;
  private final ResponseStore store;
  private final AnswerCache answers;
  private final LaneWatch laneWatch;
  private final Sharing sharing;
  private final Map<String, Begun> running = new ConcurrentHashMap<>();

  private record Begun(PreparedRequest prepared, RunningResponse response) {}

  Beginning(
      Admission admission,
      RequestQueue queue,
      Replies replies,
      Watchers watchers,
      ResponseStore store,
      AnswerCache answers,
      LaneWatch laneWatch,
      Sharing sharing) {
    this.admission = admission;
    this.queue = queue;
    this.replies = replies;
    this.watchers = watchers;
    this.store = store;
    this.answers = answers;
    this.laneWatch = laneWatch;
    this.sharing = sharing;
  }

  Watch begin(PreparedRequest prepared, ReplyListener client) {
    return switch (prepared.admitted()) {
      case Queueable admitted -> call(prepared, admitted, client);
      case Cached admitted -> replay(prepared, admitted, client);
      case Coalesced admitted -> follow(prepared, admitted, client);
      default -> throw new IllegalArgumentException("begun already: " + prepared.id());
    };
  }

  /** Ends a response for its own client, if it is here, while others wait for the answer. */
  CompletableFuture<Void> detach(String id) {
    var begun = running.remove(id);
    if (begun != null) {
      long next = begun.response.lastHeard() + 1;
      var end = QueuedEvent.cancelled(begun.prepared.queued(), next);
      begun.response.detach(new Reply(id, next, 0, true, end));
    }
    return CompletableFuture.completedFuture(null);
  }

  private Watch call(PreparedRequest prepared, Queueable admitted, ReplyListener client) {
    var request = admitted.request();
    var lane = admitted.concern().lane();
    var print = admitted.concern().fingerprint();
    var response = running(prepared, request, client);
    var recorder = print == null ? null : answers.record(print, request.id(), () -> true);
    follow(
        request,
        new Heard(
            response,
            recorder,
            () -> {
              laneWatch.leave(lane, request.id());
              admission.started(request);
            }));
    if (prepared.progress()) tellPlace(admitted, response);
    var _ =
        queue
            .enqueue(lane, request, queued(prepared), prepared.trace().context())
            .whenComplete((_, failure) -> {
              if (failure == null) {
                accepted(prepared, request, response);
              } else {
                laneWatch.leave(lane, request.id());
                refused(prepared, request, response, failure);
              }
            });
    return response;
  }

  private void tellPlace(Queueable admitted, RunningResponse response) {
    var request = admitted.request();
    laneWatch.watch(
        admitted.concern().lane(),
        request.id(),
        admitted.ticket(),
        request.reservedTokens(),
        standing -> response.aside(Account.queue(request.id(), standing)));
  }

  private Watch replay(PreparedRequest prepared, Cached admitted, ReplyListener client) {
    var request = admitted.request();
    var response = running(prepared, request, client);
    follow(request, response);
    publish(prepared, request, response, replayed(prepared, admitted));
    var kept = admitted.answer();
    Reuse.of(
            request,
            AnswerReused.Source.CACHE,
            kept.responseId(),
            kept.events().getLast(),
            request.acceptedAt())
        .ifPresent(queue::account);
    return response;
  }

  private static List<Reply> replayed(PreparedRequest prepared, Cached admitted) {
    var kept = admitted.answer();
    var swap = new IdSwap(kept.responseId(), prepared.id());
    var events = new ArrayList<Reply>();
    events.add(queued(prepared));
    for (var event : kept.events()) {
      boolean terminal = events.size() == kept.events().size();
      events.add(new Reply(prepared.id(), events.size(), 0, terminal, swap.in(event)));
    }
    return events;
  }

  private Watch follow(PreparedRequest prepared, Coalesced admitted, ReplyListener client) {
    var request = admitted.request();
    var response = running(prepared, request, client);
    var shared = sharing.share(prepared, admitted);
    follow(request, new Heard(response, shared, () -> {}));
    publish(prepared, request, response, List.of(queued(prepared)));
    shared.begin();
    return response;
  }

  private RunningResponse running(
      PreparedRequest prepared, RequestEnvelope request, ReplyListener client) {
    var response =
        new RunningResponse(
            request.id(), client, watchers, prepared.trace(), end -> ended(prepared, end));
    running.put(request.id(), new Begun(prepared, response));
    return response;
  }

  private void follow(RequestEnvelope request, ReplyListener listener) {
    replies.follow(request.id(), request.deadline().plus(AFTER_DEADLINE), listener);
  }

  private void publish(
      PreparedRequest prepared,
      RequestEnvelope request,
      RunningResponse response,
      List<Reply> events) {
    var _ =
        queue
            .publish(request.replyPartition(), events)
            .whenComplete((_, failure) -> {
              if (failure == null) accepted(prepared, request, response);
              else refused(prepared, request, response, failure);
            });
  }

  static Reply queued(PreparedRequest prepared) {
    return new Reply(prepared.id(), QueuedEvent.SEQUENCE, 0, false, prepared.queued());
  }

  private void accepted(
      PreparedRequest prepared, RequestEnvelope request, RunningResponse response) {
    if (prepared.stored()) store.keepInput(prepared.id(), () -> input(request));
    response.accepted().complete(null);
  }

  /** What the model is given, after whatever admission did to it. */
  private static byte[] input(RequestEnvelope request) {
    var body = RequestJson.object(request.body());
    return JSON.writeValueAsBytes(History.items(body.path("input")));
  }

  private void refused(
      PreparedRequest prepared,
      RequestEnvelope request,
      RunningResponse response,
      Throwable failure) {
    var refusal = Responder.refusal(failure);
    running.remove(prepared.id());
    replies.leave(prepared.id());
    admission.withdraw(prepared.admitted());
    // Whoever has found the response by now must not wait for it
    if (!sharing.fail(prepared.id())) {
      var end = QueuedEvent.failed(prepared.queued(), 1, refusal.code(), refusal.detail());
      var _ =
          queue.publish(
              request.replyPartition(), List.of(new Reply(prepared.id(), 1, 0, true, end)));
    }
    response.leave();
    response.accepted().completeExceptionally(refusal);
    prepared.trace().failed(refusal.code());
  }

  private void ended(PreparedRequest prepared, Reply end) {
    running.remove(prepared.id());
    admission.ended(prepared.id());
    if (prepared.stored()) store.keepEnd(prepared.id(), end.event());
  }
}
