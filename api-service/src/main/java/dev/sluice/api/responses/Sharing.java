package dev.sluice.api.responses;

import dev.sluice.api.admission.Admission;
import dev.sluice.api.admission.Admitted.Coalesced;
import dev.sluice.api.admission.Leader;
import dev.sluice.api.cache.AnswerCache;
import dev.sluice.api.cache.Question;
import dev.sluice.api.enqueue.RequestQueue;
import dev.sluice.api.replies.Visitor;
import dev.sluice.api.replies.Visits;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.id.ResponseId;
import dev.sluice.common.message.AnswerReused;
import dev.sluice.common.topic.Reply;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.time.InstantSource;
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
 * the rest follow him. A follower is relayed by the instance that it was sent to, and by any other
 * that its client comes back to. Thread-safe.
 */
final class Sharing implements AutoCloseable {
  /*
   * Two instances may relay one follower at once: an instance cannot know whether another one has
   * died or was only left by the client. Both publish the same events under the same numbers, and
   * readers let each number pass once; of two ends the first counts. What must happen once - the
   * call of a follower that takes the lead - is decided in Redis.
   */
  private static final Logger log = LoggerFactory.getLogger(Sharing.class);

  // A leader is known to others a moment before its first event is in the reply log.
  private static final int LOOKS = 6;
  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

  private final Admission admission;
  private final AnswerCache cache;
  private final RequestQueue queue;
  private final Visits visits;
  private final Watchers watchers;
  private final Followings followings;
  private final InstantSource clock;
  private final Map<String, Shared> here = new ConcurrentHashMap<>();
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().name("sharing-timer").daemon().factory());

  Sharing(
      Admission admission,
      AnswerCache cache,
      RequestQueue queue,
      Visits visits,
      Watchers watchers,
      Followings followings,
      InstantSource clock) {
    this.admission = admission;
    this.cache = cache;
    this.queue = queue;
    this.visits = visits;
    this.watchers = watchers;
    this.followings = followings;
    this.clock = clock;
    this.timer.setRemoveOnCancelPolicy(true);
  }

  /**
   * A response that is to have a part in somebody else's answer; it hears its own events. Blocks
   * for a round trip to Redis.
   *
   * @throws SluiceException if nobody could go on with it, should this instance die
   */
  Shared share(PreparedRequest prepared, Coalesced admitted) {
    var shared =
        new Shared(
            prepared.queued(), admitted, QueuedEvent.SEQUENCE, false, prepared.trace().context());
    followings.remember(admitted, shared.question);
    here.put(prepared.id(), shared);
    return shared;
  }

  /**
   * Goes on with a response whose client has come to this instance, if it follows another one and
   * has not ended. Blocks for a round trip to Redis, and then for as long as it takes to read the
   * log.
   *
   * @param look reads how far a response has got
   */
  void takeOver(ResponseId id, Look look) {
    if (here.containsKey(id.value())) return;
    var follower = followings.find(id.value());
    if (follower.isEmpty()) return;
    var seen = look.at(id);
    var queued = seen.queued();
    if (queued == null) return;
    if (seen.hasEnded().isDone()) {
      followings.forget(id.value());
      return;
    }
    var shared =
        new Shared(queued, follower.get(), seen.last(), seen.isAnswering(), Context.root());
    if (here.putIfAbsent(id.value(), shared) != null) return;
    log.atInfo()
        .addKeyValue("request_id", id.value())
        .log("The client of a shared answer has come from another instance; this one goes on");
    try {
      shared.hearOwn(id);
      shared.begin();
    } catch (SluiceException noRoom) {
      shared.stop();
      throw noRoom;
    }
  }

  /** How far a response has got. */
  interface Look {
    /**
     * @throws SluiceException if it cannot be read
     */
    Looking at(ResponseId id);
  }

  /** Its client has cancelled it; nothing, if it is none of this instance's. */
  void cancel(String responseId) {
    var shared = here.get(responseId);
    if (shared != null) shared.cancel();
  }

  /** Ends it as failed; whether it is one of this instance's. */
  boolean fail(String responseId) {
    var shared = here.get(responseId);
    if (shared == null) return false;
    shared.fail(ErrorCode.SERVICE_UNAVAILABLE);
    shared.leave(); // nobody here listens for its end
    followings.forget(responseId);
    return true;
  }

  /** Responses that this instance relays from others. */
  int current() {
    return here.size();
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
    private final String id;
    private final byte[] queued;
    private final Coalesced admitted;
    private final Question question;
    private final Consumer<Reply> recorder;
    private final Context trace;

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
    private volatile Runnable endOwnVisit = () -> {};

    /**
     * @param published number of its last event
     * @param answering whether one of them was part of the answer
     * @param trace under which it is called for, should it come to that
     */
    private Shared(
        byte[] queued, Coalesced admitted, long published, boolean answering, Context trace) {
      this.id = admitted.request().id();
      this.queued = queued;
      this.admitted = admitted;
      this.leader = admitted.leader();
      this.published = published;
      this.answering = answering;
      this.trace = trace;
      var question = admitted.concern().question();
      if (question == null) throw new IllegalArgumentException("shares nothing: " + id);
      this.question = question;
      this.recorder = cache.record(question, id, this::leads);
    }

    private synchronized boolean leads() {
      return phase == Phase.LEADS;
    }

    void begin() {
      follow(admitted.leader());
      var left = Duration.between(clock.instant(), admitted.request().deadline());
      deadline =
          timer.schedule(
              () -> Thread.startVirtualThread(() -> fail(ErrorCode.DEADLINE_EXCEEDED)),
              left.toMillis(),
              TimeUnit.MILLISECONDS);
    }

    /** Its events are not in the home partition of this instance. */
    private void hearOwn(ResponseId own) {
      endOwnVisit = visits.visit(own, published, new OwnEvents());
    }

    private final class OwnEvents implements Visitor {
      @Override
      public void accept(Reply reply) {
        Shared.this.accept(reply);
      }

      @Override
      public void caughtUp(boolean found) {
        if (!found) stop();
      }

      @Override
      public void atEnd() {
        stop();
      }

      /** Whoever comes back next takes it over again. */
      @Override
      public void lost(Loss loss) {
        stop();
      }
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
        next = new Follower(id, followed.id().value(), this::relay, () -> lose(true));
        follower = next;
      }
      try {
        next.at(visits.visitAsFollower(followed.id(), next));
      } catch (SluiceException noRoom) {
        fail(ErrorCode.SERVICE_UNAVAILABLE);
      }
    }

    /** Those that were relayed before a second look are known, and pass once. */
    private synchronized void relay(Reply reply) {
      if (phase != Phase.FOLLOWS) return;
      if (reply.terminal() && !answering && !Follower.isAnswered(reply.event())) {
        lose(false);
        return;
      }
      if (!reply.terminal() && reply.sequence() <= published) return;
      answering |= Follower.isPartOfAnswer(reply.event());
      publish(reply.sequence() > published ? reply : ofNewOwner(reply));
      if (reply.terminal()) phase = Phase.OVER;
    }

    /** The end by a worker that took over may carry a number that its predecessor has used. */
    private static Reply ofNewOwner(Reply end) {
      return new Reply(
          end.responseId(), end.sequence(), Follower.FENCE + 1, end.terminal(), end.event());
    }

    private void publish(Reply reply) {
      published = Math.max(published, reply.sequence());
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
      followings.forget(id);
      if (led) return; // a call of its own, which its worker accounts for
      Reuse.of(
              admitted.request(),
              AnswerReused.Source.COALESCED,
              followed.id().value(),
              reply.event(),
              admitted.request().acceptedAt())
          .ifPresent(queue::account);
    }

    /** This instance does not go on with it; to be called again does no harm. */
    private void stop() {
      synchronized (this) {
        phase = Phase.OVER;
      }
      leave();
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
      here.remove(id, this);
      endOwnVisit.run();
      if (following != null) following.leave();
      var pending = deadline;
      if (pending != null) pending.cancel(false);
      if (name.isEmpty()) return followed;
      if (left) watchers.leave(followed.id().value(), name, Duration.ZERO);
      else watchers.leave(followed.id().value(), name);
      return followed;
    }

    /** The leader has failed before it answered anything, or nothing of it is there to be read. */
    private void lose(boolean absent) {
      Thread.startVirtualThread(() -> lost(absent));
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
            .addKeyValue("request_id", id)
            .addKeyValue("cause", unforeseen.toString())
            .log("A request could not take the place of the one it followed");
        fail(ErrorCode.SERVICE_UNAVAILABLE);
      }
    }

    private void succeed() {
      Leader failed;
      String name;
      synchronized (this) {
        failed = leader;
        name = watching;
      }
      var other = admission.succeed(admitted, failed);
      watchers.leave(failed.id().value(), name);
      if (other.isEmpty()) {
        if (lead()) enqueue();
      } else if (other.get().id().value().equals(id)) {
        lead(); // another instance was faster, in its name
      } else {
        follow(other.get());
      }
    }

    private synchronized boolean lead() {
      if (phase != Phase.FOLLOWS) return false;
      phase = Phase.LEADS;
      watching = "";
      return true;
    }

    private void enqueue() {
      log.atInfo()
          .addKeyValue("request_id", id)
          .log("The request that others followed has failed; this one takes its place");
      var _ =
          queue
              .enqueue(
                  admitted.concern().lane(),
                  admitted.request(),
                  QueuedEvent.reply(id, queued),
                  trace)
              .whenComplete((_, failure) -> {
                if (failure == null) followings.forget(id);
                else end(ErrorCode.SERVICE_UNAVAILABLE, Phase.LEADS);
              });
    }

    private synchronized void cancel() {
      // Where it leads a worker ends it
      if (phase == Phase.FOLLOWS) end(QueuedEvent.cancelled(queued, published + 1));
    }

    private void fail(ErrorCode why) {
      end(why, Phase.FOLLOWS);
    }

    private synchronized void end(ErrorCode why, Phase only) {
      if (phase == only) end(QueuedEvent.failed(queued, published + 1, why, why.sentence()));
    }

    private void end(byte[] event) {
      early = phase == Phase.FOLLOWS;
      phase = Phase.OVER;
      var last = new Reply(id, published + 1, Follower.FENCE + 1, true, event);
      var _ = queue.publish(admitted.request().replyPartition(), List.of(last));
    }
  }
}
