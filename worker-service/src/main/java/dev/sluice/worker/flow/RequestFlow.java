package dev.sluice.worker.flow;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.topic.Lane;
import dev.sluice.worker.budget.Budget;
import dev.sluice.worker.budget.Levels;
import dev.sluice.worker.budget.Reservation.Closed;
import dev.sluice.worker.budget.Reservation.Held;
import dev.sluice.worker.budget.Reservation.TooLarge;
import dev.sluice.worker.lease.FencedException;
import dev.sluice.worker.lease.Lease;
import dev.sluice.worker.lease.LeaseState;
import dev.sluice.worker.lease.Leases;
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
import io.lettuce.core.RedisException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request, from its record to its settled ledger entry. Read this first. */
final class RequestFlow {
  private static final Logger log = LoggerFactory.getLogger(RequestFlow.class);

  private static final Duration REDIS_AGAIN_IN = Duration.ofMillis(500);
  private static final Duration PUBLISHED_WITHIN = Duration.ofMinutes(2);

  private final Leases leases;
  private final Budget budget;
  private final Attempts attempts;
  private final Relays relays;
  private final Retries retries;

  RequestFlow(Leases leases, Budget budget, Attempts attempts, Relays relays, Retries retries) {
    this.leases = leases;
    this.budget = budget;
    this.attempts = attempts;
    this.relays = relays;
    this.retries = retries;
  }

  /**
   * Works on a request until it has ended.
   *
   * @return false if it was handed back and is to be delivered again
   */
  boolean run(Lane lane, RequestEnvelope request, StopSignal signal) throws InterruptedException {
    while (true) {
      try {
        switch (leases.take(request.id())) {
          case AlreadyDone() -> {
            return true;
          }
          case HeldElsewhere(var expiresIn) -> signal.sleep(expiresIn);
          case Taken(var lease, var before) -> {
            try (lease) {
              return own(lane, request, lease, before, signal);
            }
          }
        }
      } catch (FencedException another) {
        signal.sleep(REDIS_AGAIN_IN); // whoever owns it now ends it, or its lease expires
      } catch (RedisException unavailable) {
        log.atWarn()
            .addKeyValue("cause", unavailable.toString())
            .log("Redis does not answer the leases; the request waits");
        signal.sleep(REDIS_AGAIN_IN);
      }
      if (signal.reason() == StopSignal.Reason.HANDED_BACK) return false;
    }
  }

  private boolean own(
      Lane lane, RequestEnvelope request, Lease lease, LeaseState before, StopSignal signal)
      throws InterruptedException {
    lease.onFenced(() -> signal.stop(StopSignal.Reason.FENCED));
    if (before == LeaseState.ANSWERING) {
      var relay = relays.takeOver(request, lease.fence());
      attempts.settleLost(request, lease.attempt(), relay.published());
      return end(relay, lease, failed(Failure.last(ErrorCode.WORKER_LOST)));
    }
    if (before == LeaseState.CALLING) attempts.settleLost(request, lease.attempt(), 0);
    return attempt(lane, request, lease, relays.open(request, lease.fence()), signal);
  }

  private boolean attempt(
      Lane lane, RequestEnvelope request, Lease lease, ResponseRelay relay, StopSignal signal)
      throws InterruptedException {
    while (true) {
      var answer = budget.reserve(lane.pool(), lane.priority(), request.reservedTokens());
      signal.await(answer);
      switch (answer.getNow(null)) {
        case null -> {
          if (!answer.cancel(false) && answer.join() instanceof Held late) budget.giveBack(late);
          return stopped(relay, lease, signal);
        }
        case TooLarge _ -> {
          return end(relay, lease, failed(Failure.last(ErrorCode.TOKENS_EXCEED_LIMIT)));
        }
        case Closed(var code) -> {
          return end(relay, lease, failed(Failure.last(code)));
        }
        case Held held -> {
          signal.sleepUntil(held.startAt());
          if (signal.reason() != StopSignal.Reason.NONE) {
            budget.giveBack(held);
            return stopped(relay, lease, signal);
          }
          var outcome = call(held, request, lease, relay, signal);
          settle(held, outcome);
          var again = again(outcome, lease, relay, signal);
          if (again.isEmpty()) return conclude(outcome, relay, lease, signal);
          signal.sleep(again.get());
        }
      }
      if (signal.reason() != StopSignal.Reason.NONE) return stopped(relay, lease, signal);
    }
  }

  private CallOutcome call(
      Held held, RequestEnvelope request, Lease lease, ResponseRelay relay, StopSignal signal) {
    try {
      lease.nextAttempt();
    } catch (FencedException | RedisException notBegun) {
      budget.giveBack(held);
      throw notBegun;
    }
    if (lease.attempt() == 1) retries.called();
    return attempts.make(
        request, lease, relay, signal, limits -> budget.observe(held.pool(), levels(limits)));
  }

  /** Whatever came of the call, the reservation ends here, in one of its ways. */
  private void settle(Held held, CallOutcome outcome) {
    if (!(outcome instanceof Failed(var failure, _))) {
      budget.settle(held);
      return;
    }
    switch (failure.reaction()) {
      case WAIT -> budget.refused(held, failure.notBefore(), false);
      case SLOW_DOWN -> budget.refused(held, failure.notBefore(), true);
      case CLOSE_POOL -> budget.close(held, failure.code());
      // The provider counts failed calls too
      case RETRY, END -> budget.settle(held);
    }
  }

  /** How long to wait before the next attempt, if there may be one. */
  private Optional<Duration> again(
      CallOutcome outcome, Lease lease, ResponseRelay relay, StopSignal signal) {
    return outcome instanceof Failed(var failure, _) && !relay.isAnswering()
        ? retries.after(lease.attempt(), failure, signal.left())
        : Optional.empty();
  }

  private static Levels levels(RateLimits told) {
    return new Levels(
        told.requests().map(RequestFlow::level).orElse(null),
        told.tokens().map(RequestFlow::level).orElse(null));
  }

  private static Levels.Level level(RateLimits.Counter told) {
    return new Levels.Level(told.limit(), told.remaining(), told.fullIn());
  }

  private static boolean conclude(
      CallOutcome outcome, ResponseRelay relay, Lease lease, StopSignal signal)
      throws InterruptedException {
    return switch (outcome) {
      case Answered answered -> {
        relay.end(answered.terminal().json());
        yield published(relay, lease);
      }
      case Failed(var failure, _) -> end(relay, lease, failed(failure));
      case Stopped _ -> stopped(relay, lease, signal);
    };
  }

  /** The request ends here without a whole answer, or goes to another worker. */
  private static boolean stopped(ResponseRelay relay, Lease lease, StopSignal signal)
      throws InterruptedException {
    return switch (signal.reason()) {
      case CANCELLED -> end(relay, lease, new Ending.Cancelled());
      case DEADLINE -> end(relay, lease, failed(Failure.last(ErrorCode.DEADLINE_EXCEEDED)));
      case HANDED_BACK -> false;
      case FENCED -> true; // its new owner ends it
      case NONE -> throw new IllegalStateException("stopped for no reason: " + lease.requestId());
    };
  }

  private static Ending failed(Failure failure) {
    return new Ending.Failed(failure.wireCode(), failure.detail());
  }

  private static boolean end(ResponseRelay relay, Lease lease, Ending ending)
      throws InterruptedException {
    relay.end(ending);
    return published(relay, lease);
  }

  private static boolean published(ResponseRelay relay, Lease lease) throws InterruptedException {
    // Done only once the terminal event is safe: the other order could lose it for good.
    relay.awaitPublished(PUBLISHED_WITHIN);
    lease.done();
    return true;
  }
}
