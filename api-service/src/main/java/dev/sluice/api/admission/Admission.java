package dev.sluice.api.admission;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.api.admission.Admitted.Cached;
import dev.sluice.api.admission.Admitted.Coalesced;
import dev.sluice.api.admission.Admitted.Queueable;
import dev.sluice.api.admission.Admitted.Repeated;
import dev.sluice.api.cache.Answer;
import dev.sluice.api.cache.AnswerCache;
import dev.sluice.api.cache.Questions;
import dev.sluice.api.lanes.LaneLength;
import dev.sluice.api.lanes.Paces;
import dev.sluice.api.spend.SpendReservation;
import dev.sluice.api.spend.Spending;
import dev.sluice.common.budget.Pool;
import dev.sluice.common.budget.Tier;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.RetryAfter;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.id.Caller;
import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.token.TokenCounter;
import dev.sluice.common.topic.Lane;
import dev.sluice.common.trim.Dropped;
import dev.sluice.common.trim.Trimmer;
import dev.sluice.common.trim.Trimming;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Whether a request is answered, and how. Read this first: its steps stand here in order, each
 * refusing with an error of its own; what is refused costs nothing, but for a request of the user's
 * own limit where a spend cap refuses. Thread-safe; blocks for two round trips to Redis, one to
 * learn what is known and one to make the decision known.
 */
public final class Admission {
  private static final Duration IDEMPOTENT_FOR = Duration.ofHours(24);
  private static final Duration QUEUED_AGAIN_IN = Duration.ofSeconds(5);
  // Of a request that is never sent on
  private static final TokenCounter.Count UNCOUNTED = new TokenCounter.Count(0, 0);

  private final AdmissionProperties properties;
  private final Shape shape;
  private final Pools pools;
  private final Paces paces;
  private final Questions questions;
  private final AnswerCache answers;
  private final AdmissionStore store;
  private final Envelopes envelopes;
  private final Trimmer trimmer;
  private final Spending spending;
  private final AdmissionMeters meters;
  private final Duration eventsKept;
  private final InstantSource clock;
  private final JsonMapper json = new JsonMapper();

  /**
   * @param eventsKept how long a response can be read again from its events
   */
  Admission(
      AdmissionProperties properties,
      Pools pools,
      Paces paces,
      Questions questions,
      AnswerCache answers,
      Trimmer trimmer,
      AdmissionStore store,
      Envelopes envelopes,
      Spending spending,
      AdmissionMeters meters,
      Duration eventsKept,
      InstantSource clock) {
    this.properties = properties;
    this.shape = new Shape(properties.maxBodyBytes());
    this.pools = pools;
    this.paces = paces;
    this.questions = questions;
    this.answers = answers;
    this.trimmer = trimmer;
    this.store = store;
    this.envelopes = envelopes;
    this.spending = spending;
    this.meters = meters;
    this.eventsKept = eventsKept;
    this.clock = clock;
  }

  /**
   * Admits the body of a request.
   *
   * @param continued whether the conversation before it was put in front of what the client sent:
   *     then it is shortened where the client's own would be too large
   * @throws SluiceException if it is refused
   */
  public Admitted admit(Caller caller, ObjectNode body, Wishes wishes, boolean continued) {
    try {
      var admitted = decide(caller, body, wishes, continued);
      meters.admitted(admitted);
      return admitted;
    } catch (SluiceException refusal) {
      meters.refused(refusal.code());
      throw refusal;
    }
  }

  private Admitted decide(Caller caller, ObjectNode body, Wishes wishes, boolean continued) {
    var now = clock.instant();
    var text = json.writeValueAsString(body);
    int bytes = text.getBytes(UTF_8).length;
    if (!continued) shape.checkSize(bytes);
    shape.check(body);

    var lanes = lanes(caller, body, wishes);
    var question = questions.of(caller, body, wishes.cache(), wishes.storing()).orElse(null);
    var asked = new Concern(caller.user(), wishes.idempotencyKey(), question, lanes.getFirst());
    var seen = store.look(asked, lanes, now);

    if (seen.before() != null) return repeated(seen.before(), text);
    var allowance = new UserAllowance(properties.limitOf(caller.roles()), seen.bucket(), now);
    allowance.take();
    if (seen.queued() >= properties.maxQueued())
      throw new SluiceException(
          ErrorCode.TOO_MANY_QUEUED,
          ErrorCode.TOO_MANY_QUEUED.sentence(),
          RetryAfter.headers(QUEUED_AGAIN_IN));

    // Nothing but its events can be given again of what is not stored
    var repeatable = body.path("store").asBoolean(true) ? IDEMPOTENT_FOR : eventsKept;
    var kept = answers.read(seen.answer());
    if (kept.isPresent()) {
      var request = envelopes.of(caller, body, UNCOUNTED, 0, wishes.priority(), now);
      return replay(
          kept.get(), new Decision(asked, request, allowance, text, repeatable, null), now);
    }
    // What is small enough need not be measured again
    long mostBytes = bytes > properties.maxBodyBytes() ? properties.maxBodyBytes() : Long.MAX_VALUE;
    var fitted = fit(caller, body, mostBytes);
    var lane = new Lane(fitted.pool().name(), wishes.priority());
    var concern = asked.in(lane);
    var request =
        envelopes.of(
            caller,
            fitted.body(),
            fitted.count(),
            fitted.dropped().droppedTokens(),
            wishes.priority(),
            now);
    var leader = Optional.ofNullable(seen.leader()).map(Leader::decode);
    if (leader.isPresent() && leader.get().leads(lane)) {
      refuseTooLong(leader.get(), seen.lanes(), wishes.maxWait());
      return follow(
          leader.get(), new Decision(concern, request, allowance, text, repeatable, null), now);
    }

    if (fitted.trimming() instanceof Trimming.Refused refused) throw refused.refusal();
    long charge = request.reservedTokens();
    refuseImpossible(charge, pools.limits(fitted.pool()));
    var length = LaneLength.of(lane, seen.lanes(), paces);
    var pace = paces.of(lane);
    refuseTooLong(length.standing(charge, pace).eta(), wishes.maxWait());
    return queue(
        new Decision(concern, request, allowance, text, repeatable, length.next(charge)),
        ticket -> length.of(ticket, charge, pace),
        fitted.dropped(),
        now);
  }

  private List<Lane> lanes(Caller caller, ObjectNode body, Wishes wishes) {
    return pools.candidates(body.path("model").asString(), caller.team()).stream()
        .map(pool -> new Lane(pool.name(), wishes.priority()))
        .toList();
  }

  /**
   * A body as it is to be sent, and where it draws its tokens.
   *
   * @param trimming what came of fitting it to its model
   */
  private record Fitted(Pool pool, ObjectNode whole, TokenCounter.Count size, Trimming trimming) {
    ObjectNode body() {
      return trimming instanceof Trimming.Fits fits ? fits.body() : whole;
    }

    TokenCounter.Count count() {
      return trimming instanceof Trimming.Fits fits ? fits.count() : size;
    }

    Dropped dropped() {
      return trimming instanceof Trimming.Fits fits ? fits.dropped() : Dropped.NOTHING;
    }
  }

  private Fitted fit(Caller caller, ObjectNode body, long mostBytes) {
    var model = body.path("model").asString();
    var conversation = trimmer.read(body);
    var size = conversation.count();
    var pool = pools.of(model, size.input(), caller.team());
    var trimming =
        trimmer.fit(conversation, pool.name(), pools.limits(pool).mostTokens(), mostBytes);
    // What became shorter may draw on another pool than that for long contexts
    var drawsOn =
        trimming instanceof Trimming.Fits fits
            ? pools.of(model, fits.count().input(), caller.team())
            : pool;
    return new Fitted(drawsOn, body, size, trimming);
  }

  private Admitted replay(Answer kept, Decision decision, Instant now) {
    var before = conclude(decision, SpendReservation.NOTHING, now).before();
    return before == null
        ? new Cached(decision.concern(), decision.request(), kept, decision.allowance().left())
        : repeated(before, decision.body());
  }

  private Admitted follow(Leader leader, Decision decision, Instant now) {
    var before = conclude(decision, SpendReservation.NOTHING, now).before();
    return before == null ? coalesced(decision, leader) : repeated(before, decision.body());
  }

  private Admitted queue(
      Decision decision,
      Function<LaneLength.Ticket, LaneLength.Standing> lane,
      Dropped dropped,
      Instant now) {
    // A request that needs no call costs nothing, so the caps come last; they answer at once with
    // all else that is made known.
    var reservation = spending.reserve(decision.request());
    var committed = conclude(decision, reservation, now);
    if (committed.before() != null) {
      store.leaveLane(decision.concern(), decision.request());
      return repeated(committed.before(), decision.body());
    }
    var leader = Optional.ofNullable(committed.leader()).map(Leader::decode);
    if (leader.isPresent()) {
      var other = takeLead(decision.concern(), decision.request(), leader.get());
      if (other.isPresent()) {
        reservation.release();
        store.leaveLane(decision.concern(), decision.request());
        return coalesced(decision, other.get());
      }
    }
    var ticket = Objects.requireNonNull(committed.ticket());
    return new Queueable(
        decision.concern(),
        decision.request(),
        ticket,
        lane.apply(ticket), // others may have been accepted meanwhile
        dropped,
        decision.allowance().left());
  }

  private static Coalesced coalesced(Decision decision, Leader leader) {
    return new Coalesced(
        decision.concern(), decision.request(), leader, decision.allowance().left());
  }

  /**
   * Leads from now on in place of one whom it cannot follow.
   *
   * @return whom it is to follow instead, if it is to
   */
  private Optional<Leader> takeLead(Concern concern, RequestEnvelope request, Leader leader) {
    if (leader.leads(concern.lane())) return Optional.of(leader);
    return store
        .succeed(concern, request, leader)
        .filter(other -> other.leads(concern.lane())); // else it is called for without leading
  }

  /** Whether another request brings the answer. */
  private static boolean isAnothers(AdmissionStore.Committed committed, Decision decision) {
    var leader = committed.leader();
    return committed.before() != null
        || leader != null && Leader.decode(leader).leads(decision.concern().lane());
  }

  /** Makes a decision known; other requests of the same user may be decided at the same time. */
  private AdmissionStore.Committed conclude(
      Decision decision, SpendReservation reservation, Instant now) {
    try {
      var committed = store.commit(decision, now);
      for (var changed = committed.bucket(); changed != null; ) {
        decision.allowance().takeAgain(changed);
        changed = store.replaceBucket(decision);
      }
      if (isAnothers(committed, decision)) reservation.release();
      else reservation.confirm();
      return committed;
    } catch (SluiceException refused) {
      reservation.release();
      // Redis may have done what it did not answer
      if (decision.needsCall()) store.leaveLane(decision.concern(), decision.request());
      store.disown(decision.concern(), decision.request());
      throw refused;
    }
  }

  /** The request could not be answered after all: nobody is to wait for it, or to repeat it. */
  public void withdraw(Admitted admitted) {
    switch (admitted) {
      case Queueable(var concern, var request, _, _, _, _) -> {
        store.leaveLane(concern, request);
        store.disown(concern, request);
        spending.release(request.id());
      }
      case Cached(var concern, var request, _, _) -> store.disown(concern, request);
      case Coalesced(var concern, var request, _, _) -> store.disown(concern, request);
      case Repeated _ -> {
        // It is somebody else's to withdraw
      }
    }
  }

  /** The response was cancelled: whoever sends the request again wants an answer, not that. */
  public void cancelled(Admitted admitted) {
    switch (admitted) {
      case Queueable(var concern, var request, _, _, _, _) -> store.releaseKey(concern, request);
      case Cached(var concern, var request, _, _) -> store.releaseKey(concern, request);
      case Coalesced(var concern, var request, _, _) -> store.releaseKey(concern, request);
      case Repeated _ -> {
        // It is somebody else's key
      }
    }
  }

  /**
   * The leader has failed whoever followed it, and one of them is to take its place.
   *
   * @return who leads now, if it is another one
   * @throws SluiceException if a spend cap refuses the call that it would need
   */
  public Optional<Leader> succeed(Coalesced follower, Leader failed) {
    var concern = follower.concern();
    var reservation = spending.reserve(follower.request());
    try {
      reservation.confirm();
      var other =
          store
              .succeed(concern, follower.request(), failed)
              .flatMap(leader -> takeLead(concern, follower.request(), leader));
      if (other.isEmpty()) store.enterLane(concern, follower.request());
      else reservation.release();
      return other;
    } catch (SluiceException refused) {
      reservation.release();
      throw refused;
    }
  }

  /** The request is being answered and waits no longer. */
  public void started(RequestEnvelope request) {
    store.started(request);
  }

  /** The response has ended, whatever it came to. */
  public void ended(String responseId) {
    spending.ended(responseId);
  }

  private static Repeated repeated(String before, String text) {
    var identity = Identity.decode(before);
    identity.check(text);
    return new Repeated(identity.responseId());
  }

  private static void refuseImpossible(long charge, Tier limits) {
    long limit = limits.mostTokens();
    if (charge > limit)
      throw new SluiceException(
          ErrorCode.TOKENS_EXCEED_LIMIT,
          "The request needs %,d tokens; its model's limit grants %,d in a minute. Shorten the input or lower max_output_tokens."
              .formatted(charge, limit),
          "input");
  }

  /** Whoever follows waits for as long as the one who leads. */
  private void refuseTooLong(Leader leader, Map<Lane, LaneLength> lanes, @Nullable Duration wish) {
    var length = LaneLength.of(leader.lane(), lanes, paces);
    var standing = length.of(leader.ticket(), leader.own(), paces.of(leader.lane()));
    refuseTooLong(standing.eta(), wish);
  }

  /** What nobody can tell is not too long: the lane may move again any moment. */
  private void refuseTooLong(@Nullable Duration eta, @Nullable Duration wish) {
    if (eta == null) return;
    var most =
        wish == null || wish.compareTo(properties.maxWait()) > 0 ? properties.maxWait() : wish;
    if (eta.compareTo(most) > 0)
      throw new SluiceException(
          ErrorCode.WAIT_TOO_LONG,
          "The request would wait about %d s for its turn, %d s are allowed. Ask again later."
              .formatted(eta.toSeconds(), most.toSeconds()),
          RetryAfter.headers(eta.minus(most)));
  }
}
