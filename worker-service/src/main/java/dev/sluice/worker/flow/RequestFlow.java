package dev.sluice.worker.flow;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.topic.Lane;
import dev.sluice.worker.budget.Budget;
import dev.sluice.worker.budget.Levels;
import dev.sluice.worker.budget.Reservation;
import dev.sluice.worker.budget.Reservation.Closed;
import dev.sluice.worker.budget.Reservation.Held;
import dev.sluice.worker.budget.Reservation.TooLarge;
import dev.sluice.worker.deadletter.NotSetAsideException;
import dev.sluice.worker.lease.FencedException;
import dev.sluice.worker.lease.Lease;
import dev.sluice.worker.lease.LeaseState;
import dev.sluice.worker.lease.Leases;
import dev.sluice.worker.lease.Taking;
import dev.sluice.worker.lease.Taking.AlreadyDone;
import dev.sluice.worker.lease.Taking.HeldElsewhere;
import dev.sluice.worker.lease.Taking.Taken;
import dev.sluice.worker.model.CallOutcome;
import dev.sluice.worker.model.CallOutcome.Answered;
import dev.sluice.worker.model.CallOutcome.Failed;
import dev.sluice.worker.model.CallOutcome.Stopped;
import dev.sluice.worker.model.Failure;
import dev.sluice.worker.model.RateLimits;
import dev.sluice.worker.model.Retries;
import dev.sluice.worker.relay.Ending;
import dev.sluice.worker.relay.Relays;
import dev.sluice.worker.relay.ResponseRelay;
import dev.sluice.worker.relay.UnpublishedException;
import io.lettuce.core.RedisException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request, from its record to its settled ledger entry. Read this first. */
final class RequestFlow {
  private static final Logger log = LoggerFactory.getLogger(RequestFlow.class);

  private static final Duration REDIS_AGAIN_IN = Duration.ofMillis(500);
  private static final Duration PUBLISHED_WITHIN = Duration.ofMinutes(2);

  private final Leases leases;
  private final Budget budget;
  private final Weighing weighing;
  private final Attempts attempts;
  private final Relays relays;
  private final Retries retries;
  private final Progress progress;
  private final SettingAside aside;
  private final FlowSpans spans;

  RequestFlow(
      Leases leases,
      Budget budget,
      Weighing weighing,
      Attempts attempts,
      Relays relays,
      Retries retries,
      Progress progress,
      SettingAside aside,
      FlowSpans spans) {
    this.leases = leases;
    this.budget = budget;
    this.weighing = weighing;
    this.attempts = attempts;
    this.relays = relays;
    this.retries = retries;
    this.progress = progress;
    this.aside = aside;
    this.spans = spans;
  }

  /**
   * Works on a request until it has ended.
   *
   * @return false if it was handed back and is to be delivered again
   */
  boolean run(Delivery delivery, StopSignal signal) throws InterruptedException {
    var lane = delivery.lane();
    while (true) {
      try {
        switch (take(delivery)) {
          case AlreadyDone() -> {
            progress.left(lane, FlowMeters.REPEATED);
            return true;
          }
          case HeldElsewhere(var expiresIn) -> {
            progress.left(lane, FlowMeters.PARKED);
            delivery.begins().run(); // others need not wait for it
            awaitOwner(expiresIn, signal);
          }
          case Taken taken -> {
            try (var _ = taken.lease()) {
              return own(delivery, taken, signal);
            }
          }
        }
      } catch (FencedException another) {
        signal.sleep(REDIS_AGAIN_IN); // whoever owns it now ends it, or its lease expires
      } catch (RedisException unavailable) {
        log.atDebug()
            .addKeyValue("cause", unavailable.toString())
            .log("Redis does not answer the leases; the request waits");
        signal.sleep(REDIS_AGAIN_IN);
      }
      if (signal.isHandedBack()) return handedBack(lane);
    }
  }

  private Taking take(Delivery delivery) {
    try (var _ = spans.lease()) {
      return leases.take(delivery.request().id(), delivery.life());
    }
  }

  private boolean handedBack(Lane lane) {
    progress.left(lane, FlowMeters.HANDED_BACK);
    return false;
  }

  /** One that is to end here too waits for its owner, who ends it. */
  private static void awaitOwner(Duration expiresIn, StopSignal signal)
      throws InterruptedException {
    if (signal.isStopped()) Thread.sleep(REDIS_AGAIN_IN);
    else signal.sleep(expiresIn);
  }

  private boolean own(Delivery delivery, Taken taken, StopSignal signal)
      throws InterruptedException {
    var lease = taken.lease();
    lease.onFenced(() -> signal.stop(StopSignal.Reason.FENCED));
    var estimate = weighing.estimate(delivery.request());
    var request = delivery.request().withInputTokens(estimate.input());
    if (taken.before() == LeaseState.ANSWERING) {
      var relay = relays.takeOver(request, lease.fence());
      attempts.settleLost(request, lease.attempt(), relay.published());
      return end(
          new Owned(delivery, request, estimate, lease, relay, signal),
          failed(Failure.last(ErrorCode.WORKER_LOST)));
    }
    if (taken.before() == LeaseState.CALLING) attempts.settleLost(request, lease.attempt(), 0);
    var owned = new Owned(delivery, request, estimate, lease, relay(delivery, lease), signal);
    if (taken.before() == LeaseState.SETTING_ASIDE) {
      aside.interrupted(owned);
      return setAside(owned);
    }
    if (taken.isSpent()) { // whoever took it died: the next would too
      aside.lost(owned);
      return setAside(owned);
    }
    return attempt(owned);
  }

  /** A redriven request has been answered before: its events go on behind that answer. */
  private ResponseRelay relay(Delivery delivery, Lease lease) {
    return delivery.life().isRedriven()
        ? relays.takeOver(delivery.request(), lease.fence())
        : relays.open(delivery.request(), lease.fence());
  }

  private boolean setAside(Owned owned) throws InterruptedException {
    return end(owned, failed(Failure.last(ErrorCode.REQUEST_SET_ASIDE)), FlowMeters.DEAD_LETTERED);
  }

  private boolean attempt(Owned owned) throws InterruptedException {
    try {
      return attempts(owned);
    } catch (FencedException
        | RedisException
        | UnpublishedException
        | NotSetAsideException handled) {
      throw handled;
    } catch (RuntimeException unforeseen) {
      log.atError()
          .setCause(unforeseen)
          .log("A request failed in an unforeseen way; its client is told");
      return end(owned, failed(Failure.last(ErrorCode.SERVER_ERROR)));
    }
  }

  private boolean attempts(Owned whole) throws InterruptedException {
    var signal = whole.signal();
    var owned = whole;
    while (true) {
      var answer = reserve(owned);
      switch (answer.getNow(null)) {
        case null -> {
          if (!answer.cancel(false) && answer.join() instanceof Held late) budget.giveBack(late);
          return stopped(owned);
        }
        case TooLarge _ -> {
          return end(owned, failed(Failure.last(ErrorCode.TOKENS_EXCEED_LIMIT)));
        }
        case Closed(var code) -> {
          return end(owned, failed(Failure.last(code)));
        }
        case Held held -> {
          if (signal.reason() != StopSignal.Reason.NONE) {
            budget.giveBack(held);
            return stopped(owned);
          }
          if (budget.isStale(held)) {
            budget.giveBack(held); // and gets a start anew, ahead of those that came later
            continue;
          }
          var outcome = call(owned, held);
          settle(held, outcome);
          if (outcome instanceof Failed(var failure, _))
            owned.lease().failed(failure.code().code());
          // Once: what was shortened by the provider's own figures and is refused again ends
          var shorter = owned == whole ? shortened(owned, outcome) : Optional.<Owned>empty();
          if (shorter.isPresent()) {
            owned = shorter.get();
          } else {
            var again = again(owned, outcome);
            if (again.isEmpty()) return conclude(owned, outcome);
            signal.sleep(again.get());
          }
        }
      }
      if (signal.reason() != StopSignal.Reason.NONE) return stopped(owned);
    }
  }

  /** Waits for the budget's answer, and if tokens are held until their start. */
  private CompletableFuture<Reservation> reserve(Owned owned) throws InterruptedException {
    try (var _ = spans.budget(owned.lane())) {
      var answer =
          budget.reserve(
              owned.lane().pool(),
              owned.lane().priority(),
              owned.estimate().charge(),
              owned.request().acceptedAt());
      owned.signal().await(answer);
      if (answer.getNow(null) instanceof Held held) owned.signal().sleepUntil(held.startAt());
      return answer;
    }
  }

  private CallOutcome call(Owned owned, Held held) {
    try {
      owned.lease().nextAttempt();
    } catch (FencedException | RedisException notBegun) {
      budget.giveBack(held);
      throw notBegun;
    }
    if (owned.attempts() == 1) retries.called();
    progress.called(owned);
    long sentAt = System.nanoTime();
    try {
      return attempts.make(
          owned, limits -> budget.observe(held, levels(limits), sentAt), held.alone());
    } catch (RuntimeException unforeseen) {
      budget.settle(held, held.tokens(), false); // the call may have been made
      throw unforeseen;
    }
  }

  /** Whatever came of the call, the reservation ends here, in one of its ways. */
  private void settle(Held held, CallOutcome outcome) {
    switch (outcome) {
      case Answered answered -> budget.settle(held, answered.usage().total(), true);
      // What was left of the charge, nobody has told
      case Stopped _ -> budget.settle(held, held.tokens(), false);
      case Failed(var failure, _) -> {
        switch (failure.reaction()) {
          case WAIT -> budget.refused(held, failure.notBefore(), false);
          case SLOW_DOWN -> budget.refused(held, failure.notBefore(), true);
          case CLOSE_POOL -> budget.close(held, failure.code());
          // The provider counts failed calls too
          case RETRY, SHORTEN, END -> budget.settle(held, held.tokens(), false);
        }
      }
    }
  }

  /** How long to wait before the next attempt, if there may be one. */
  private Optional<Duration> again(Owned owned, CallOutcome outcome) {
    return outcome instanceof Failed(var failure, _) && !owned.relay().isAnswering()
        ? retries.after(owned.attempts(), failure, owned.signal().left())
        : Optional.empty();
  }

  private Optional<Owned> shortened(Owned owned, CallOutcome outcome) {
    if (!(outcome instanceof Failed(var failure, _)) || owned.relay().isAnswering())
      return Optional.empty();
    return failure
        .contextLimit()
        .flatMap(limit -> weighing.shortened(owned, limit))
        .filter(_ -> retries.mayCallChanged(owned.attempts(), owned.signal().left()))
        .map(weighing::told);
  }

  private static Levels levels(RateLimits told) {
    return new Levels(
        told.requests().map(RequestFlow::level).orElse(null),
        told.tokens().map(RequestFlow::level).orElse(null));
  }

  private static Levels.Level level(RateLimits.Counter told) {
    return new Levels.Level(told.limit(), told.remaining(), told.fullIn());
  }

  private boolean conclude(Owned owned, CallOutcome outcome) throws InterruptedException {
    return switch (outcome) {
      case Answered answered -> {
        yield publish(
            owned, () -> owned.relay().end(answered.terminal().json()), FlowMeters.COMPLETED);
      }
      case Failed(var failure, _) -> {
        boolean isSpent =
            !owned.relay().isAnswering() && retries.areSpent(owned.attempts(), failure);
        if (isSpent) aside.failed(owned, failure);
        yield end(owned, failed(failure), isSpent ? FlowMeters.DEAD_LETTERED : FlowMeters.FAILED);
      }
      case Stopped _ -> stopped(owned);
    };
  }

  /** The request ends here without a whole answer, or goes to another worker. */
  private boolean stopped(Owned owned) throws InterruptedException {
    return switch (owned.signal().reason()) {
      case CANCELLED -> end(owned, new Ending.Cancelled(), FlowMeters.CANCELLED);
      case DEADLINE -> end(owned, failed(Failure.last(ErrorCode.DEADLINE_EXCEEDED)));
      case HANDED_BACK -> handedBack(owned.lane());
      case FENCED -> { // its new owner ends it
        progress.left(owned.lane(), FlowMeters.TAKEN_OVER);
        yield true;
      }
      case NONE ->
          throw new IllegalStateException("stopped for no reason: " + owned.request().id());
    };
  }

  private static Ending failed(Failure failure) {
    return new Ending.Failed(failure.wireCode(), failure.detail());
  }

  private boolean end(Owned owned, Ending ending) throws InterruptedException {
    return end(owned, ending, FlowMeters.FAILED);
  }

  private boolean end(Owned owned, Ending ending, String outcome) throws InterruptedException {
    progress.ending(owned);
    return publish(owned, () -> owned.relay().end(ending), outcome);
  }

  private boolean publish(Owned owned, Runnable end, String outcome) throws InterruptedException {
    // Done only once the terminal event is safe: the other order could lose it for good.
    try (var _ = spans.relay()) {
      end.run();
      owned.relay().awaitPublished(PUBLISHED_WITHIN);
    }
    owned.lease().done();
    progress.ended(owned, outcome);
    return true;
  }
}
