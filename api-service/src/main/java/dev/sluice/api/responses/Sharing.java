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
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers that are made once for several who ask the same at once. Each of the others follows the
 * one who leads; if that one fails before it has answered anything, one of them takes its place and
 * the rest follow him. Thread-safe.
 */
final class Sharing implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Sharing.class);

  // A leader is known to others a moment before its first event is in the reply log.
  private static final int LOOKS = 6;
  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

  private final Admission admission;
  private final AnswerCache cache;
  private final RequestQueue queue;
  private final Visits visits;
  private final Watchers watchers;
  private final Map<String, Shared> here = new ConcurrentHashMap<>();
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().name("sharing-timer").daemon().factory());

  Sharing(
      Admission admission,
      AnswerCache cache,
      RequestQueue queue,
      Visits visits,
      Watchers watchers) {
    this.admission = admission;
    this.cache = cache;
    this.queue = queue;
    this.visits = visits;
    this.watchers = watchers;
    this.timer.setRemoveOnCancelPolicy(true);
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

  /** Ends it as failed; whether it is one of this instance's. */
  boolean fail(String responseId) {
    var shared = here.get(responseId);
    if (shared != null) shared.fail(ErrorCode.SERVICE_UNAVAILABLE);
    return shared != null;
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  private enum Phase {
    FOLLOWS,
    LEADS,
    OVER
  }

  /**
   * One response that follows another. Its lock is held while it publishes and while it changes its
   * phase, so that nothing comes after its end; it calls nobody who would take another lock.
   */
  final class Shared implements Consumer<Reply> {
    private final PreparedRequest prepared;
    private final Coalesced admitted;
    private final Consumer<Reply> recorder;

    // Guarded by this.
    private Phase phase = Phase.FOLLOWS;
    private Leader leader;
    private String watching = "";
    private @Nullable Follower follower;
    private long published;
    private boolean answering;
    private int looks;
    private boolean early; // over before the leader is

    private volatile @Nullable Future<?> deadline;

    private Shared(PreparedRequest prepared, Coalesced admitted) {
      this.prepared = prepared;
      this.admitted = admitted;
      this.leader = admitted.leader();
      var print = admitted.concern().fingerprint();
      if (print == null) throw new IllegalArgumentException("shares nothing: " + prepared.id());
      this.recorder = cache.record(print, prepared.id(), this::leads);
    }

    private synchronized boolean leads() {
      return phase == Phase.LEADS;
    }

    void begin() {
      follow(admitted.leader());
      var left = Duration.between(admitted.request().acceptedAt(), admitted.request().deadline());
      deadline =
          timer.schedule(
              () -> Thread.startVirtualThread(() -> fail(ErrorCode.DEADLINE_EXCEEDED)),
              left.toMillis(),
              TimeUnit.MILLISECONDS);
    }

    private void follow(Leader next) {
      synchronized (this) {
        if (phase != Phase.FOLLOWS) return;
        leader = next;
        looks = 0;
        watching = watchers.enterAsFollower(next.id().value());
      }
      look();
    }

    private void look() {
      Follower next;
      Leader followed;
      synchronized (this) {
        if (phase != Phase.FOLLOWS) return;
        followed = leader;
        next =
            new Follower(
                prepared.id(),
                followed.id().value(),
                this::relay,
                absent -> Thread.startVirtualThread(() -> lost(absent)));
        follower = next;
      }
      try {
        next.at(visits.visit(followed.id(), -1, next));
      } catch (SluiceException noRoom) {
        fail(ErrorCode.SERVICE_UNAVAILABLE);
      }
    }

    /** Those that were relayed before a second look are known, and pass once. */
    private synchronized void relay(Reply reply) {
      if (phase != Phase.FOLLOWS || reply.sequence() <= published) return;
      answering |= Follower.isPartOfAnswer(reply.event());
      publish(reply);
      if (reply.terminal()) phase = Phase.OVER;
    }

    private void publish(Reply reply) {
      published = reply.sequence();
      var _ =
          queue
              .publish(admitted.request().replyPartition(), List.of(reply))
              .whenComplete((_, failure) -> {
                // What follows would read as if nothing were missing
                if (failure != null)
                  Thread.startVirtualThread(() -> fail(ErrorCode.SERVICE_UNAVAILABLE));
              });
    }

    /** Its own events, as they come from the reply log. */
    @Override
    public void accept(Reply reply) {
      recorder.accept(reply);
      if (!reply.terminal()) return;
      boolean led = leads();
      var followed = leave();
      if (led) return; // a call of its own, which its worker accounts for
      Reuse.of(
              admitted.request(),
              AnswerReused.Source.COALESCED,
              followed.id().value(),
              reply.event(),
              admitted.request().acceptedAt())
          .ifPresent(queue::account);
    }

    /** Has no part in the leader any more, which ends where nobody else has. */
    private Leader leave() {
      Leader followed;
      String name;
      @Nullable Follower following;
      boolean left;
      synchronized (this) {
        left = early;
        followed = leader;
        name = watching;
        watching = "";
        following = follower;
        follower = null;
      }
      here.remove(prepared.id());
      if (following != null) following.leave();
      var pending = deadline;
      if (pending != null) pending.cancel(false);
      if (left) watchers.leave(followed.id().value(), name, Duration.ZERO);
      else watchers.leave(followed.id().value(), name);
      return followed;
    }

    private void lost(boolean absent) {
      try {
        boolean again;
        boolean late;
        synchronized (this) {
          if (phase != Phase.FOLLOWS) return;
          again = absent && looks++ < LOOKS;
          late = answering;
        }
        if (again) {
          Thread.sleep(LOOK_AGAIN);
          look();
        } else if (late) {
          fail(ErrorCode.SERVICE_UNAVAILABLE); // a second answer must not go on where one broke off
        } else {
          succeed();
        }
      } catch (InterruptedException stopping) {
        Thread.currentThread().interrupt();
      } catch (SluiceException refused) {
        fail(refused.code());
      } catch (RuntimeException unforeseen) {
        log.atWarn()
            .addKeyValue("request_id", prepared.id())
            .addKeyValue("cause", unforeseen.toString())
            .log("A request could not take the place of the one it followed");
        fail(ErrorCode.SERVICE_UNAVAILABLE);
      }
    }

    private void succeed() {
      Leader failed;
      synchronized (this) {
        failed = leader;
      }
      var other = admission.succeed(admitted, failed);
      watchers.leave(failed.id().value(), watching());
      if (other.isPresent()) follow(other.get());
      else lead();
    }

    private synchronized String watching() {
      return watching;
    }

    private void lead() {
      synchronized (this) {
        if (phase != Phase.FOLLOWS) return;
        phase = Phase.LEADS;
        watching = "";
      }
      log.atInfo()
          .addKeyValue("request_id", prepared.id())
          .log("The request that others followed has failed; this one takes its place");
      var _ =
          queue
              .enqueue(
                  admitted.concern().lane(),
                  admitted.request(),
                  Beginning.queued(prepared),
                  prepared.trace().context())
              .whenComplete((_, failure) -> {
                if (failure != null) end(ErrorCode.SERVICE_UNAVAILABLE, Phase.LEADS);
              });
    }

    private synchronized void cancel() {
      // Where it leads a worker ends it
      if (phase == Phase.FOLLOWS) end(QueuedEvent.cancelled(prepared.queued(), published + 1));
    }

    private void fail(ErrorCode why) {
      end(why, Phase.FOLLOWS);
    }

    private synchronized void end(ErrorCode why, Phase only) {
      if (phase == only)
        end(QueuedEvent.failed(prepared.queued(), published + 1, why, why.sentence()));
    }

    private void end(byte[] event) {
      early = phase == Phase.FOLLOWS;
      phase = Phase.OVER;
      var last = new Reply(prepared.id(), published + 1, Follower.FENCE + 1, true, event);
      var _ = queue.publish(admitted.request().replyPartition(), List.of(last));
    }
  }
}
