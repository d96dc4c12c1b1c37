package dev.sluice.worker.budget;

import dev.sluice.common.budget.Bandwidth;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/** What the provider's own counters tell about the pool, and what follows for its rate. */
final class Feedback {
  /*
   * A provider that counts in a bucket which drains continuously shows next to nothing used as long
   * as only we draw on it, at no more than its rate: each answer tells its own request's charge, and
   * that is known. What it shows beyond it and our burst is somebody else's: another application on the account, or estimates of ours that are too low. The pool then
   * leaves them their share: proportional control (Åström & Murray, Feedback Systems, ch. 11), from
   * nothing at SET_POINT to all but a little at FULL. The level moves by minutes and the headers
   * come within seconds, so it settles without a single 429.
   *
   * A sliding window shows as used whatever was used in the last minute, ourselves included; what is
   * more than we know of is others'. There is no level that could be watched as it moves: what they
   * use is left to them to the token, and some more to grow.
   *
   * The two differ in the time until full: a bucket's is its use over its rate, a window's is near a
   * whole minute, however little is used. Each answer votes.
   *
   * A 429 needs no such proof: nobody starts before the time that the provider names, and the pool
   * climbs back over a minute, never in a burst.
   */
  private static final double NEARLY_FULL = 0.05;
  private static final double SET_POINT = 0.30;
  private static final double FULL = 0.80;
  private static final double MOST = 0.95;
  private static final double AFTER_REFUSAL = 0.05;
  private static final double AFTER_SLOW_DOWN = 0.5;
  private static final double TELLING = 0.9;
  private static final int SURE = 3;
  private static final int VOTES = 6;
  // Of a window: what we cannot tell from our own calls on their way, and what others may grow by.
  private static final double NOISE = 0.01;
  private static final double GROWTH = 0.03;
  // The window is what limits then; the bucket only evens out.
  private static final double BESIDE_A_WINDOW = 1.02;
  // Once a 240th of a minute, fleet-wide, is plenty for a level that takes minutes to move.
  private static final int A_MINUTE = 240;

  private final long minute;
  private int votes; // positive: counts in a bucket; negative: in something else
  private long observedAt;
  private double othersUsed; // share of the limit, when last told
  private boolean headroom; // whether the level was last seen low enough to spend from it
  private double penalty; // share not used since penaltyAt, shrinking to nothing in a minute
  private long penaltyAt;
  private final Map<Bandwidth, Long> granted = new EnumMap<>(Bandwidth.class);

  Feedback(BudgetSettings settings) {
    minute = settings.minute().toNanos();
  }

  /**
   * Whether the levels changed anything; within a 240th of a minute of the last ones they are not
   * looked at.
   *
   * @param own charge of the request whose answer told them, tokens
   * @param ours what a window may have counted of ours when they were told
   */
  boolean observe(
      Levels levels, long own, Map<Bandwidth, Long> ours, Map<Bandwidth, Long> limits, long now) {
    if (now - observedAt < minute / A_MINUTE) return false;
    observedAt = now;
    double most = 0;
    var tokens = levels.tokens();
    if (tokens != null) {
      granted.put(Bandwidth.TPM, tokens.limit());
      vote(tokens);
      most = others(tokens, own, ours.getOrDefault(Bandwidth.TPM, 0L));
    }
    var requests = levels.requests();
    if (requests != null && !isOfTheDay(requests, limits)) {
      granted.put(Bandwidth.RPM, requests.limit());
      most = Math.max(most, others(requests, 1, ours.getOrDefault(Bandwidth.RPM, 0L)));
    }
    // Between the two it stays as it was: what is spent from the headroom is itself seen as used.
    headroom = countsInBucket() && (most < NEARLY_FULL || headroom && most < SET_POINT);
    othersUsed = Math.max(0, most);
    return true;
  }

  /** The share of a limit that somebody else has used, by what the provider told. */
  private double others(Levels.Level told, long own, long ours) {
    return told.used() - (double) (countsInWindow() ? ours : own) / told.limit();
  }

  /**
   * Some tiers are told their requests of the day under the same name: by the limit, or because no
   * minute's limit takes longer than a minute to be full again.
   */
  boolean isOfTheDay(Levels.Level requests, Map<Bandwidth, Long> limits) {
    if (requests.fullIn().toNanos() > minute * 1.05) return true;
    var daily = limits.get(Bandwidth.RPD);
    var ofMinute = limits.get(Bandwidth.RPM);
    return daily != null
        && daily == requests.limit()
        && (ofMinute == null || ofMinute != requests.limit());
  }

  private void vote(Levels.Level level) {
    // Of a limit that is nearly used up both say the same
    if (level.used() <= 0 || level.used() > TELLING) return;
    double expected = level.used() * minute;
    double told = level.fullIn().toNanos();
    boolean bucket = Math.abs(told - expected) < 0.02 * minute + 0.05 * expected;
    votes = Math.clamp(votes + (bucket ? 1 : -1), -VOTES, VOTES);
  }

  /** The provider has refused for its rate limit. */
  void refused(boolean grewTooFast, long now) {
    headroom = false;
    penalty = Math.max(penalty(now), grewTooFast ? AFTER_SLOW_DOWN : AFTER_REFUSAL);
    penaltyAt = now;
  }

  /** Whether the provider has shown that it counts in a bucket. */
  boolean countsInBucket() {
    return votes >= SURE;
  }

  /** Whether the provider has shown that it counts in something else, such as a sliding window. */
  boolean countsInWindow() {
    return votes <= -SURE;
  }

  /** Whether an idle pool may spend more at once: the provider shows that it is there. */
  boolean hasHeadroom(long now) {
    return headroom && penalty(now) == 0;
  }

  /** The share of the limits that is ours to use now. */
  double share(long now) {
    double most = countsInWindow() ? BESIDE_A_WINDOW : 1;
    return most * (1 - Math.max(yielded(now), penalty(now)));
  }

  /** What is ours of a window's limits, in any minute. */
  Map<Bandwidth, Long> room(Map<Bandwidth, Long> limits, long now) {
    double share = 1 - Math.max(yielded(now), penalty(now));
    var room = new EnumMap<>(limits);
    room.replaceAll((_, limit) -> (long) (limit * share));
    return room;
  }

  /**
   * The share of the limits that is left to others: the drift that operators see. What nobody has
   * told anything of for a while has drained.
   */
  double yielded(long now) {
    double used = othersUsed - Math.max(0.0, now - observedAt - minute / 60.0) / minute;
    if (countsInBucket()) return Math.clamp((used - SET_POINT) / (FULL - SET_POINT), 0, MOST);
    if (countsInWindow()) return used > NOISE ? Math.min(used + GROWTH, MOST) : 0;
    return 0;
  }

  /** What the provider says it grants in a minute, where it has said so. */
  Map<Bandwidth, Long> granted() {
    return granted;
  }

  private double penalty(long now) {
    return Math.max(0, penalty * (1 - (double) (now - penaltyAt) / minute));
  }

  void write(DataOutput out) throws IOException {
    out.writeByte(votes);
    out.writeLong(observedAt);
    out.writeBoolean(headroom);
    out.writeDouble(othersUsed);
    out.writeDouble(penalty);
    out.writeLong(penaltyAt);
    out.writeByte(granted.size());
    for (var each : granted.entrySet()) {
      out.writeByte(each.getKey().ordinal());
      out.writeLong(each.getValue());
    }
  }

  static Feedback read(DataInput in, BudgetSettings settings) throws IOException {
    var feedback = new Feedback(settings);
    feedback.votes = in.readByte();
    feedback.observedAt = in.readLong();
    feedback.headroom = in.readBoolean();
    feedback.othersUsed = in.readDouble();
    feedback.penalty = in.readDouble();
    feedback.penaltyAt = in.readLong();
    int count = in.readByte();
    for (int i = 0; i < count; i++)
      feedback.granted.put(Bandwidth.values()[in.readByte()], in.readLong());
    return feedback;
  }
}
