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
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.message.AnswerReused;
import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.topic.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * The ways in which a response begins: by a call of its own, by an answer that is kept, by the
 * answer to the same question that is being made. However it is, its events are in the reply log
 * under its own id, so that what follows - resume, retrieve, store - need not know. Thread-safe.
 */
final class Beginning {
  private static final Logger log = LoggerFactory.getLogger(Beginning.class);
  // A worker that takes over a lost request ends it somewhat later than its deadline.
  private static final Duration AFTER_DEADLINE = Duration.ofMinutes(1);
  private static final JsonMapper JSON = new JsonMapper();

  private final Admission admission;
  private final RequestQueue queue;
  private final Replies replies;
  private final Watchers watchers;
  private final ResponseStore store;
  private final AnswerCache answers;
  private final LaneWatch laneWatch;
  private final Sharing sharing;

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

  private Watch call(PreparedRequest prepared, Queueable admitted, ReplyListener client) {
    var request = admitted.request();
    var lane = admitted.concern().lane();
    var question = admitted.concern().question();
    var response = running(prepared, request, client);
    var recorder = question == null ? null : answers.record(question, request.id(), () -> true);
    Runnable place = prepared.progress() ? tellPlace(admitted, response) : () -> {};
    follow(
        prepared,
        request,
        response,
        new Heard(
            response,
            recorder,
            () -> {
              place.run();
              admission.started(request);
            },
            () -> admission.ended(request.id())));
    var _ =
        queue
            .enqueue(lane, request, queued(prepared), prepared.trace().context())
            .whenComplete((_, failure) -> {
              if (failure == null) {
                accepted(prepared, request, response);
              } else {
                place.run();
                refused(prepared, request, response, failure);
              }
            });
    return response;
  }

  /** Returns what ends the telling. */
  private Runnable tellPlace(Queueable admitted, RunningResponse response) {
    var request = admitted.request();
    var place =
        new LaneWatch.Place(admitted.concern().lane(), admitted.ticket(), request.reservedTokens());
    laneWatch.remember(request.id(), place, request.deadline());
    var leave =
        laneWatch.watch(place, standing -> response.aside(Account.queue(request.id(), standing)));
    return () -> {
      leave.run();
      laneWatch.forget(request.id());
    };
  }

  private Watch replay(PreparedRequest prepared, Cached admitted, ReplyListener client) {
    var request = admitted.request();
    var response = running(prepared, request, client);
    follow(prepared, request, response, response);
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
    var shared = share(prepared, admitted);
    var response = running(prepared, request, client);
    follow(
        prepared,
        request,
        response,
        new Heard(response, shared, () -> {}, () -> admission.ended(request.id())));
    publish(prepared, request, response, List.of(queued(prepared)));
    shared.begin();
    return response;
  }

  private Sharing.Shared share(PreparedRequest prepared, Coalesced admitted) {
    try {
      return sharing.share(prepared, admitted);
    } catch (SluiceException unavailable) {
      admission.withdraw(admitted);
      throw unavailable;
    }
  }

  private RunningResponse running(
      PreparedRequest prepared, RequestEnvelope request, ReplyListener client) {
    return new RunningResponse(
        request.id(), client, watchers, prepared.trace(), end -> ended(prepared, end));
  }

  private void follow(
      PreparedRequest prepared,
      RequestEnvelope request,
      RunningResponse response,
      ReplyListener listener) {
    replies.follow(
        request.id(),
        request.deadline().plus(AFTER_DEADLINE),
        listener,
        () -> overdue(prepared, request, response, listener));
  }

  /** Its end will not come any more: its worker is lost, or its events are. */
  private void overdue(
      PreparedRequest prepared,
      RequestEnvelope request,
      RunningResponse response,
      ReplyListener listener) {
    log.atWarn()
        .addKeyValue("request_id", request.id())
        .log("The end of a response has not come; its client is told that its time is over");
    long next = response.lastHeard() + 1;
    var why = ErrorCode.DEADLINE_EXCEEDED;
    var event = QueuedEvent.failed(prepared.queued(), next, why, why.sentence());
    var end = new Reply(request.id(), next, Reply.LAST_WORD, true, event);
    listener.accept(end);
    // For those who wait elsewhere; sending may block, and this is the thread of everybody's events
    Thread.startVirtualThread(() -> {
      var _ = queue.publish(request.replyPartition(), List.of(end));
    });
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

  private static Reply queued(PreparedRequest prepared) {
    return QueuedEvent.reply(prepared.id(), prepared.queued());
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
    replies.leave(prepared.id());
    admission.withdraw(prepared.admitted());
    response.leave();
    response.accepted().completeExceptionally(refusal);
    prepared.trace().failed(refusal.code());
    // Sending may block, and this is the producer's own thread
    Thread.startVirtualThread(() -> takeBack(prepared, request, refusal));
  }

  private void takeBack(
      PreparedRequest prepared, RequestEnvelope request, SluiceException refusal) {
    // Kafka may have taken what it did not acknowledge
    if (prepared.admitted() instanceof Queueable) {
      var _ = queue.cancel(prepared.id());
    }
    // Whoever has found the response by now must not wait for it
    if (sharing.fail(prepared.id())) return;
    var event = QueuedEvent.failed(prepared.queued(), 1, refusal.code(), refusal.detail());
    var end = new Reply(prepared.id(), 1, 0, true, event);
    var _ = queue.publish(request.replyPartition(), List.of(end));
  }

  private void ended(PreparedRequest prepared, Reply end) {
    if (prepared.stored()) store.keepEnd(prepared.id(), end.event());
    // Reading the end takes a while, and this is the thread of everybody's events
    if (prepared.keyed() && Outcome.of(end.event()) == Outcome.CANCELLED)
      admission.cancelled(prepared.admitted());
  }
}
