package dev.sluice.api.spend;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.message.SpendCapSet;
import dev.sluice.common.spend.SpendAccount;
import dev.sluice.common.spend.SpendPeriod;
import dev.sluice.common.spend.SpendScope;
import dev.sluice.common.spend.SpendScript;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Holds what requests will probably cost, below the caps of whoever pays. Thread-safe. */
public final class Spending {
  /*
   * An account is one subject's spending in one period: what the ledger has settled, and what is held
   * for requests that it has not settled yet. A request holds its estimate in each account with a cap
   * before it is queued. The ledger's writer takes the real cost in and what was held out; what it
   * never hears of goes when the ledger is complete up to the reservation's expiry, which is soon
   * after the response has ended, or some time after its deadline where nobody saw it end.
   *
   * Redis may lose an account, Postgres may not: an account that is missing is made from the ledger's
   * sums, the attempts that it has not seen end, and what this instance still holds for requests that
   * wait. Other instances add theirs as soon as they notice (SpendWatch).
   */
  // A lost attempt is settled as an estimate some minutes after its request's deadline
  private static final Duration AFTER_DEADLINE = Duration.ofMinutes(10);
  // The ledger may hear of a response's end a moment after its client
  private static final Duration AFTER_END = Duration.ofSeconds(30);

  private final Caps caps;
  private final SpendStore store;
  private final SpendLedger ledger;
  private final Estimates estimates;
  private final SpendMeters meters;
  private final InstantSource clock;

  private final Holdings holdings = new Holdings();
  private final SingleFlight<SpendAccount, Boolean> beginnings = new SingleFlight<>();

  /** What one cap answers to a request. */
  record Claim(SpendCapSet cap, SpendAccount account, CompletableFuture<Long> answer) {}

  Spending(
      Caps caps,
      SpendStore store,
      SpendLedger ledger,
      Estimates estimates,
      SpendMeters meters,
      InstantSource clock) {
    this.caps = caps;
    this.store = store;
    this.ledger = ledger;
    this.estimates = estimates;
    this.meters = meters;
    this.clock = clock;
  }

  /**
   * Asks every cap that concerns a request to hold its estimated cost. Does not wait for the
   * answers, so that they come with those to what the caller sends next; {@link
   * SpendReservation#confirm} does.
   *
   * @throws SluiceException with {@link ErrorCode#SERVICE_UNAVAILABLE} if there is a cap and prices
   *     are not known
   */
  public SpendReservation reserve(RequestEnvelope request) {
    var concerned = concerned(request);
    if (concerned.isEmpty()) return SpendReservation.NOTHING;
    var at = request.acceptedAt();
    var reservation =
        new SpendStore.Reservation(request.id(), estimates.of(request), expiry(request.deadline()));
    var claims = new ArrayList<Claim>();
    for (var cap : concerned) {
      var account = cap.account(at);
      claims.add(new Claim(cap, account, store.reserve(account, reservation, hard(cap))));
    }
    return new SpendReservation(this, reservation, claims);
  }

  private List<SpendCapSet> concerned(RequestEnvelope request) {
    var concerned = new ArrayList<SpendCapSet>();
    for (var scope : SpendScope.values()) {
      var subject = scope.subject(request.userId(), request.team(), request.tags());
      for (var period : SpendPeriod.values()) {
        var cap = subject.isEmpty() ? null : caps.of(scope, subject, period);
        if (cap != null) concerned.add(cap);
      }
    }
    return concerned;
  }

  /** Waits for the answers and does what they ask for; null if every cap has room. */
  @Nullable Claim decide(SpendStore.Reservation reservation, List<Claim> claims) {
    Claim full = null;
    for (var claim : claims) {
      long answer = Answers.await(claim.answer());
      if (answer == SpendScript.UNKNOWN) {
        begin(claim.account());
        answer = Answers.await(store.reserve(claim.account(), reservation, hard(claim.cap())));
      }
      if (answer == SpendScript.UNKNOWN) throw Answers.unavailable();
      if (answer == SpendScript.REFUSED && (full == null || isLater(claim, full))) full = claim;
    }
    if (full == null) holdings.add(reservation, claims.stream().map(Claim::account).toList());
    return full;
  }

  private static boolean isLater(Claim claim, Claim other) {
    return claim.account().end().isAfter(other.account().end());
  }

  static SluiceException refusal(Claim full, Instant now) {
    return CapRefusal.of(full.cap(), full.account().end(), now);
  }

  Instant now() {
    return clock.instant();
  }

  void giveBack(String requestId, List<Claim> claims) {
    var _ = holdings.remove(requestId);
    for (var claim : claims) store.release(claim.account(), requestId);
  }

  /** The request will not be called: what it held, others may have. */
  public void release(String requestId) {
    for (var account : holdings.remove(requestId)) store.release(account, requestId);
  }

  /** The response has ended: what it held stays until the ledger has heard of that too. */
  public void ended(String requestId) {
    long until = clock.instant().plus(AFTER_END).toEpochMilli();
    for (var account : holdings.remove(requestId)) store.expire(account, requestId, until);
  }

  /**
   * Makes an account that Redis has not from the ledger; many may ask at once. Blocks.
   *
   * @throws SluiceException with {@link ErrorCode#SERVICE_UNAVAILABLE} if the ledger cannot tell
   */
  private void begin(SpendAccount account) {
    var _ = Answers.ofPostgres(() -> beginnings.run(account, () -> make(account), Answers.WITHIN));
  }

  /** Whether nobody else was faster. */
  private boolean make(SpendAccount account) {
    var standing = ledger.standing(account);
    var held = new ArrayList<SpendStore.Reservation>();
    for (var open : standing.open())
      held.add(
          new SpendStore.Reservation(
              open.requestId(), estimates.of(open), expiry(open.deadline())));
    held.addAll(holdings.in(account));
    var settled = SpendAccount.units(standing.settled());
    boolean made = Answers.await(store.begin(account, settled, standing.version(), held)) == 1;
    if (made) meters.begun();
    return made;
  }

  private static long expiry(Instant deadline) {
    return deadline.plus(AFTER_DEADLINE).toEpochMilli();
  }

  /** Another instance has made the account anew, and did not know of ours. */
  void restore(SpendAccount account) {
    var mine = holdings.in(account);
    if (!mine.isEmpty()) {
      var _ = store.restore(account, mine);
    }
  }

  /** Requests of which nobody saw the end. */
  void forgetExpired() {
    holdings.forgetExpired(clock.instant());
  }

  /** A cap was taken away: its account, which nobody keeps right any more, goes with it. */
  public void forget(SpendCapSet cap) {
    store.delete(cap.account(clock.instant()));
  }

  /** How these caps stand now. Blocks for Redis, and for Postgres where Redis cannot tell. */
  public List<CapStanding> standings(List<SpendCapSet> asked) {
    var now = clock.instant();
    var answers = asked.stream().map(cap -> store.spent(cap.account(now))).toList();
    var standings = new ArrayList<CapStanding>();
    boolean away = false;
    for (int i = 0; i < asked.size(); i++) {
      var account = asked.get(i).account(now);
      var spent = Answers.orNull(answers.get(i));
      try {
        if (spent == null && !away) spent = begun(account);
      } catch (SluiceException unavailable) {
        away = true; // one wait is enough
      }
      standings.add(new CapStanding(asked.get(i), account, spent));
    }
    return standings;
  }

  private CapStanding.@Nullable Spent begun(SpendAccount account) {
    begin(account);
    return Answers.await(store.spent(account));
  }

  private static String hard(SpendCapSet cap) {
    return cap.hard() == null ? "" : SpendAccount.units(cap.hard());
  }
}
