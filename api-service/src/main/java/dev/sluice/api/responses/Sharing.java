package dev.sluice.api.responses;

import dev.sluice.api.admission.Admission;
import dev.sluice.api.admission.Admitted.Coalesced;
import dev.sluice.api.admission.Leader;
import dev.sluice.api.cache.AnswerCache;
import dev.sluice.api.enqueue.RequestQueue;
import dev.sluice.api.replies.Visits;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.message.AnswerReused;
import dev.sluice.common.topic.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers that are made once for several who ask the same at once. Each of the others follows the
 * one who leads; if that one fails before it has answered anything, one of them takes its place and
 * the rest follow him. Thread-safe.
 */
final class Sharing {
  private static final Logger log = LoggerFactory.getLogger(Sharing.class);

  // A leader is known to others a moment before its first event is in the reply log.
  private static final int LOOKS = 6;
  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

  private final Admission admission;
  private final AnswerCache answers;
  private final RequestQueue queue;
  private final Visits visits;
  private final Watchers watchers;
  private final Map<String, Shared> here = new ConcurrentHashMap<>();

  Sharing(
      Admission admission,
      AnswerCache answers,
      RequestQueue queue,
      Visits visits,
      Watchers watchers) {
    this.admission = admission;
    this.answers = answers;
    this.queue = queue;
    this.visits = visits;
    this.watchers = watchers;
  }

  /** A response that is to have a part in somebody else's answer; it hears its own events. */
  Shared share(PreparedRequest prepared, Coalesced admitted) {
    var shared = new Shared(prepared, admitted);
    here.put(prepared.id(), shared);
    return shared;
  }

  /** Its client has cancelled it; nothing, if it is none of this instance's. */
  void cancel(String responseId) {
    var shared = here.get(responseId);
    if (shared != null) shared.cancel();
  }

  /** One response that follows another. */
  final class Shared implements Consumer<Reply> {
    private final PreparedRequest prepared;
    private final Coalesced admitted;
    private final Consumer<Reply> recorder;
    private volatile @Nullable Follower follower;
    private volatile String watching = "";
    private volatile Leader leader;
    private volatile boolean leads;
    private volatile long last;
    private int looks;

    private Shared(PreparedRequest prepared, Coalesced admitted) {
      this.prepared = prepared;
      this.admitted = admitted;
      this.leader = admitted.leader();
      var print = admitted.concern().fingerprint();
      if (print == null) throw new IllegalArgumentException("shares nothing: " + prepared.id());
      this.recorder = answers.record(print, prepared.id());
    }

    void begin() {
      watching = watchers.enterAsFollower(leader.id().value());
      look();
    }

    private void look() {
      var next =
          new Follower(
              prepared.id(),
              leader.id().value(),
              this::publish,
              absent -> Thread.startVirtualThread(() -> lost(absent)));
      follower = next;
      try {
        next.at(visits.visit(leader.id(), -1, next));
      } catch (SluiceException noRoom) {
        fail(noRoom);
      }
    }

    private void publish(Reply reply) {
      var _ = queue.publish(admitted.request().replyPartition(), List.of(reply));
    }

    /** Its own events, as they come from the reply log. */
    @Override
    public void accept(Reply reply) {
      last = reply.sequence();
      if (leads) recorder.accept(reply);
      if (!reply.terminal()) return;
      here.remove(prepared.id());
      leave();
      if (leads) return; // a call of its own, which its worker accounts for
      Reuse.of(
              admitted.request(),
              AnswerReused.Source.COALESCED,
              leader.id().value(),
              reply.event(),
              admitted.request().acceptedAt())
          .ifPresent(queue::account);
    }

    private void leave() {
      watchers.leave(leader.id().value(), watching);
      var following = follower;
      if (following != null) following.leave();
    }

    private void lost(boolean absent) {
      try {
        if (absent && looks++ < LOOKS) {
          Thread.sleep(LOOK_AGAIN);
          look();
          return;
        }
        leave();
        var other = admission.succeed(admitted, leader);
        if (other.isPresent()) {
          leader = other.get();
          begin();
        } else {
          lead();
        }
      } catch (SluiceException unavailable) {
        fail(unavailable);
      } catch (InterruptedException stopping) {
        Thread.currentThread().interrupt();
      }
    }

    private void lead() {
      leads = true;
      log.atInfo()
          .addKeyValue("request_id", prepared.id())
          .log("The request that others followed has failed; this one takes its place");
      var _ =
          queue
              .enqueue(admitted.concern().lane(), admitted.request(), Beginning.queued(prepared))
              .whenComplete((_, failure) -> {
                if (failure != null) fail(Responder.refusal(failure));
              });
    }

    private void cancel() {
      var following = follower;
      if (leads || following == null) return; // a worker ends it
      end(QueuedEvent.cancelled(prepared.queued(), last + 1));
    }

    private void fail(SluiceException why) {
      end(
          QueuedEvent.failed(
              prepared.queued(), last + 1, ErrorCode.SERVICE_UNAVAILABLE, why.detail()));
    }

    private void end(byte[] event) {
      leave();
      publish(new Reply(prepared.id(), last + 1, Follower.FENCE, true, event));
    }
  }
}
