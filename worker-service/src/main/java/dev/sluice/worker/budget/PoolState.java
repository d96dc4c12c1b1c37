package dev.sluice.worker.budget;

import dev.sluice.common.budget.Bandwidth;
import dev.sluice.common.error.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One pool as the whole fleet sees it: what is spent, what the provider told, whether it may be
 * used. A worker reads it, decides, and writes it back if nobody else has in the meantime. Deciding
 * is pure: time is given, nothing is read or sent. Confined to one thread.
 */
final class PoolState {
  /*
   * Virtual scheduling (GCRA, ITU-T I.371): a request is charged when it is reserved, if need be
   * into debt, and starts when the refill has covered it. The debt is the fleet's, so requests of
   * all workers stand in one line. All bandwidths are one value, replaced by one compare-and-swap:
   * a request is charged in each of them or in none.
   *
   * Theorem (PoolStatePropertyTest): the calls that start in any interval of length t have charges of
   * no more than burst + headroom + limit × utilisation × t / minute + the largest charge, whatever
   * the interleaving of workers and clocks; a lost state may add a second's worth.
   *
   * A provider that counts in a sliding window is met by a second condition, see Window: the charges
   * of any minute at the provider are within the limit, to the token (WindowTest).
   *
   * First come, first served: each worker tells since when the head of its line has been waiting. The
   * one whose head has waited longest keeps the pool spent a horizon ahead; the others come in only
   * where that falls to half, so that nobody waits for a worker that is slow. A request may overtake
   * another by the time in which its worker notices that it has become the oldest.
   *
   * Interactive requests go before background ones. While some wait, anywhere in the fleet, background
   * requests are held to a share of the schedule that nobody can take from them; otherwise they are
   * free.
   *
   * Time is Redis's. Should its clock go back, as after a failover, the pool's time stands still for
   * a moment and goes on from there: `shift` is what it is ahead.
   */
  private static final byte FORMAT = 4;
  private static final int MOST_IN_A_SLICE = 512;
  private static final long LONGEST_PAUSE = 1_000_000_000L;
  private static final long BACKWARD_STEP = 50_000_000L;
  // Past anything that was written and lost.
  private static final long SEQUENCE_GAP = 1_000_000;

  private final BudgetSettings settings;
  private final Map<Bandwidth, Long> configured;
  private final long incarnation;
  private long sequence;
  private long clock;
  private long shift;
  private long backgroundFreeAt; // when background requests have used up their share so far
  private Heads heads;
  private Writers writers;
  private Buckets buckets;
  private Window window;
  private Feedback feedback;
  private Circuit circuit;

  private PoolState(BudgetSettings settings, Map<Bandwidth, Long> configured, long incarnation) {
    this.settings = settings;
    this.configured = configured;
    this.incarnation = incarnation;
    this.heads = new Heads();
    this.writers = new Writers();
    this.buckets = Buckets.empty(settings, configured, 0);
    this.window = new Window(settings);
    this.feedback = new Feedback(settings);
    this.circuit = new Circuit(settings);
  }

  /**
   * A pool that nothing is known of. It begins in debt by a horizon: if its state was lost, others
   * may have reserved that far ahead.
   */
  static PoolState unknown(
      BudgetSettings settings, Map<Bandwidth, Long> configured, long incarnation, long redisNow) {
    var state = new PoolState(settings, configured, incarnation);
    state.clock = redisNow;
    state.buckets = Buckets.empty(settings, configured, redisNow);
    state.buckets.startCold(settings.horizon().toNanos());
    return state;
  }

  /** Lets time pass; every other method means this moment. */
  void moveTo(long redisNow) {
    long now = redisNow + shift;
    if (now < clock - BACKWARD_STEP) shift += clock - now;
    clock = Math.max(clock, redisNow + shift);
    buckets.refill(clock);
    heads.moveTo(clock);
    writers.moveTo(clock);
    window.expire(clock);
    if (feedback.countsInBucket()) window.clear();
    adapt();
    sequence++;
  }

  private void adapt() {
    buckets.adapt(limits(), feedback.share(clock), settings.burst(), clock);
  }

  /**
   * This state in place of one that was lost. Time since it was read is not refilled: others may
   * have spent it, and no more than it.
   */
  void restoreAt(long redisNow) {
    long horizon = settings.horizon().toNanos();
    long unseen = Math.max(0, redisNow + shift - clock) + horizon;
    shift = clock - redisNow;
    sequence += SEQUENCE_GAP;
    buckets.startCold(horizon);
    window.addUnseen(clock, (double) unseen / settings.minute().toNanos(), limits());
  }

  /**
   * What was given to the requests offered, from the head of each line; the rest goes on waiting.
   */
  record Slice(List<Start> interactive, List<Start> background, long againInNanos) {
    static final Slice NONE = new Slice(List.of(), List.of(), 0);

    /** Until the last of them starts, ns. */
    long lastStartIn() {
      return Stream.of(interactive, background)
          .flatMap(List::stream)
          .mapToLong(Start::inNanos)
          .max()
          .orElse(0);
    }

    boolean isEmpty() {
      return interactive.isEmpty() && background.isEmpty();
    }
  }

  /**
   * @param inNanos until the call may start
   * @param limitedBy null if it may start at once
   * @param alone whether the provider's bucket had drained, so that its counters will show what
   *     this call alone was charged
   * @param refused why it may not start at all; then nothing was charged
   */
  record Start(
      long inNanos,
      @Nullable Bandwidth limitedBy,
      boolean probe,
      boolean alone,
      @Nullable ErrorCode refused) {}

  /**
   * What a request asks for.
   *
   * @param charge tokens
   * @param since when it was accepted, ms since the epoch
   */
  record Want(long charge, long since) {}

  /**
   * Reserves for the heads of a worker's two lines, up to a slice.
   *
   * @param worker who asks
   * @param interactive in order
   * @param background likewise
   */
  Slice reserve(long worker, List<Want> interactive, List<Want> background) {
    if (circuit.code().isPresent()) return refuse(interactive, background);
    tellHead(worker, interactive, 0);
    long ahead = startOf(1).inNanos();
    int older = heads.older(worker);
    long horizon = settings.horizon().toNanos();
    long target = older == 0 ? horizon : horizon / 2;
    var slice =
        new Slice(
            new ArrayList<>(),
            new ArrayList<>(),
            older == 0 ? Math.clamp(ahead - target, horizon / 8, LONGEST_PAUSE) : turnIn(older));
    long left = settings.sliceNanos();
    boolean contended = !heads.areEmpty();
    // Their share is theirs even where the oldest interactive request keeps the pool busy
    if (contended && ahead <= 2 * horizon) left = takeShare(background, slice.background, left);
    if (ahead > target) return slice;
    left = take(interactive, slice.interactive, left);
    if (!contended) take(background, slice.background, left);
    tellHead(worker, interactive, slice.interactive.size());
    return slice;
  }

  /**
   * When a worker should come again that others go before: each of them takes a slice at least. Too
   * early costs an exchange, too late a place in the order.
   */
  private long turnIn(int older) {
    return Math.clamp(
        older * settings.sliceNanos() * 3 / 4, settings.horizon().toNanos() / 8, LONGEST_PAUSE);
  }

  private void tellHead(long worker, List<Want> line, int granted) {
    if (granted < line.size()) heads.tell(worker, line.get(granted).since, clock);
    else heads.leave(worker);
  }

  /** Background requests, as far as their share of the schedule goes. */
  private long takeShare(List<Want> line, List<Start> starts, long left) {
    if (settings.backgroundShare() == 0) return left;
    backgroundFreeAt = Math.max(backgroundFreeAt, clock - patience());
    while (starts.size() < line.size() && backgroundFreeAt <= clock && left > 0) {
      long cost = buckets.cost(line.get(starts.size()).charge);
      backgroundFreeAt += (long) (cost / settings.backgroundShare());
      left = take(line.subList(0, starts.size() + 1), starts, left);
    }
    return left;
  }

  private long take(List<Want> line, List<Start> starts, long left) {
    while (starts.size() < Math.min(line.size(), MOST_IN_A_SLICE) && left > 0) {
      long charge = line.get(starts.size()).charge;
      boolean alone = feedback.countsInBucket() && buckets.areFull();
      var start = takeOne(charge);
      starts.add(new Start(start.inNanos(), start.limitedBy(), false, alone, null));
      left -= Math.max(1, buckets.cost(charge));
      // What starts later than that can wait unreserved
      if (start.inNanos() > settings.horizon().toNanos()) break;
    }
    return left;
  }

  private Slice refuse(List<Want> interactive, List<Want> background) {
    var slice = new Slice(new ArrayList<>(), new ArrayList<>(), 0);
    interactive.forEach(want -> slice.interactive.add(refusalOrProbe(want.charge)));
    background.forEach(want -> slice.background.add(refusalOrProbe(want.charge)));
    return slice;
  }

  private Start refusalOrProbe(long charge) {
    if (!circuit.mayProbe(clock))
      return new Start(0, null, false, false, circuit.code().orElseThrow());
    var start = takeOne(charge);
    return new Start(start.inNanos(), start.limitedBy(), true, false, null);
  }

  private Buckets.Start takeOne(long charge) {
    var start = startOf(charge);
    buckets.take(charge);
    if (!feedback.countsInBucket()) window.add(clock + start.inNanos(), charge);
    return start;
  }

  /** When a request of that charge may start, were it the next. */
  private Buckets.Start startOf(long charge) {
    var start = buckets.earliest(charge, clock, headroom());
    if (!feedback.countsInWindow()) return start;
    var room = window.earliest(charge, clock, feedback.room(limits(), clock));
    return room.inNanos() > start.inNanos() ? room : start;
  }

  /**
   * Gives back what was reserved for a call that was not made.
   *
   * @param start in the pool's time, ns
   */
  void giveBack(long start, long tokens, boolean probe) {
    buckets.giveBack(tokens, 1);
    window.remove(start, tokens, 1);
    if (probe) circuit.probeAgain(clock);
  }

  /** Gives back what was reserved and not charged for a call that was made. */
  void giveBackTokens(long start, long tokens) {
    buckets.giveBack(tokens, 0);
    window.remove(start, tokens, 0);
  }

  /** The provider has counted a call, {@code ago} ns before now at the latest. */
  void counted(long start, long tokens, long ago) {
    window.counted(start, tokens, clock - ago);
  }

  /** A probe came to nothing: the next request may be one. */
  void probeAgain() {
    circuit.probeAgain(clock);
  }

  /**
   * The provider told its own counters.
   *
   * @param own charge of the request whose answer told them, tokens
   * @param sentAgo since the request was sent, ns
   * @param toldAgo since it was answered, ns
   */
  void observe(Levels levels, long own, long sentAgo, long toldAgo) {
    var ours = new EnumMap<Bandwidth, Long>(Bandwidth.class);
    for (var bandwidth : configured.keySet())
      ours.put(bandwidth, window.countedBetween(bandwidth, clock - sentAgo, clock - toldAgo));
    if (!feedback.observe(levels, own, ours, configured, clock)) return;
    var requests = levels.requests();
    if (requests != null && feedback.isOfTheDay(requests, configured))
      buckets.atMost(Bandwidth.RPD, requests.remaining());
    adapt();
  }

  /**
   * The provider refused a call for its rate limit: nobody starts before it said, and the pool
   * climbs back gradually.
   *
   * @param retryInNanos the provider's own wish; 0 where it named none
   */
  void refused(long retryInNanos, boolean grewTooFast) {
    feedback.refused(grewTooFast, clock);
    // Longer than a minute it can only be a day's limit, which has a bucket of its own
    buckets.holdBack(Math.min(retryInNanos, settings.minute().toNanos()));
    adapt();
  }

  /** Whether this opened the circuit. */
  boolean open(ErrorCode why, boolean byProbe) {
    return circuit.open(why, byProbe, clock);
  }

  /** Whether this closed the circuit. */
  boolean close() {
    return circuit.close();
  }

  Optional<ErrorCode> circuit() {
    return circuit.code();
  }

  /**
   * What a worker changes now is its change of that number.
   *
   * @param number no other change of this worker has
   */
  void changedBy(long worker, long number) {
    writers.wrote(worker, number, clock);
  }

  /** Whether the last change of a worker, as far as this state knows, has that number. */
  boolean wasChangedBy(long worker, long number) {
    return writers.lastOf(worker) == number;
  }

  /** Whether {@code other} is an older state of the same pool, so that something was lost. */
  boolean isAheadOf(PoolState other) {
    return incarnation == other.incarnation && sequence > other.sequence;
  }

  /** The share of the limits that is left to others. */
  double yielded() {
    return feedback.yielded(clock);
  }

  /** The share of the limits that is refilled now. */
  double share() {
    return Math.min(1, feedback.share(clock));
  }

  /** The pool's time, ns. */
  long now() {
    return clock;
  }

  Buckets buckets() {
    return buckets;
  }

  Feedback feedback() {
    return feedback;
  }

  /** The limits in force: what is configured, and no more than the provider says it grants. */
  Map<Bandwidth, Long> limits() {
    var limits = new EnumMap<>(configured);
    feedback
        .granted()
        .forEach((bandwidth, granted) ->
            limits.computeIfPresent(bandwidth, (_, ours) -> Math.min(ours, Math.max(1, granted))));
    return limits;
  }

  /** The most tokens that one request may need: a larger one would wait for ever. */
  long mostTokens() {
    // Not what the provider says it grants: where nothing is called it would never say otherwise
    return Math.min(
        configured.getOrDefault(Bandwidth.TPM, Long.MAX_VALUE),
        configured.getOrDefault(Bandwidth.TPD, Long.MAX_VALUE));
  }

  /** What may be taken beyond what is available, tokens or requests. */
  long headroom(Bandwidth bandwidth) {
    if (bandwidth.isDaily() || !feedback.hasHeadroom(clock)) return 0;
    return (long) (buckets.limits().getOrDefault(bandwidth, 0L) * settings.headroom());
  }

  private long headroom() {
    return feedback.hasHeadroom(clock)
        ? (long) (settings.minute().toNanos() * settings.headroom())
        : 0;
  }

  private long patience() {
    return 2 * settings.horizon().toNanos();
  }

  byte[] encode() {
    var bytes = new ByteArrayOutputStream(512);
    try (var out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      out.writeLong(incarnation);
      out.writeLong(sequence);
      out.writeLong(clock);
      out.writeLong(shift);
      out.writeLong(backgroundFreeAt);
      heads.write(out);
      writers.write(out);
      buckets.write(out);
      window.write(out);
      feedback.write(out);
      circuit.write(out);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  /**
   * @return empty if another version wrote it, so that it cannot be read
   */
  static Optional<PoolState> decode(
      byte[] bytes, BudgetSettings settings, Map<Bandwidth, Long> configured) {
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (in.readByte() != FORMAT) return Optional.empty();
      return Optional.of(read(in, settings, configured));
    } catch (IOException | RuntimeException unreadable) {
      return Optional.empty();
    }
  }

  private static PoolState read(
      DataInput in, BudgetSettings settings, Map<Bandwidth, Long> configured) throws IOException {
    var state = new PoolState(settings, configured, in.readLong());
    state.sequence = in.readLong();
    state.clock = in.readLong();
    state.shift = in.readLong();
    state.backgroundFreeAt = in.readLong();
    state.heads = Heads.read(in);
    state.writers = Writers.read(in);
    state.buckets = Buckets.read(in, settings);
    state.window = Window.read(in, settings);
    state.feedback = Feedback.read(in, settings);
    state.circuit = Circuit.read(in, settings);
    return state;
  }
}
