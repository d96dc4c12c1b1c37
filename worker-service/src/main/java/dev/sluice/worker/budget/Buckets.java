package dev.sluice.worker.budget;

import dev.sluice.common.budget.Bandwidth;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.BucketState;
import io.github.bucket4j.MathType;
import io.github.bucket4j.TokensInheritanceStrategy;
import io.github.bucket4j.distributed.remote.RemoteBucketState;
import io.github.bucket4j.distributed.remote.RemoteStat;
import io.github.bucket4j.distributed.serialization.DataOutputSerializationAdapter;
import io.github.bucket4j.distributed.serialization.Scope;
import io.github.bucket4j.distributed.versioning.Versions;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The bandwidths of a pool, each counted by Bucket4j, taken from together. Taking always succeeds,
 * if need be into debt; the answer is when the refill has covered the debt. Time is an argument,
 * ns.
 */
final class Buckets {
  // A rate that differs by less is the same: each change rewrites the bucket's configuration.
  private static final double SAME_SHARE = 0.005;

  private final BudgetSettings settings;
  private final Map<Bandwidth, RemoteBucketState> states = new EnumMap<>(Bandwidth.class);
  private final Map<Bandwidth, Long> limits = new EnumMap<>(Bandwidth.class);
  private double share; // of the limits that is refilled, besides the settings' utilisation
  private double burst; // share of a minute that the buckets hold
  private int madeFrom; // the settings that the buckets were last configured by

  private Buckets(BudgetSettings settings, double share) {
    this.settings = settings;
    this.share = share;
    this.burst = settings.burst();
    this.madeFrom = mark();
  }

  private int mark() {
    return Objects.hash(settings.utilisation(), settings.burst(), settings.minute());
  }

  /** When a request may start, and which bandwidth says so. */
  record Start(long inNanos, @Nullable Bandwidth limitedBy) {}

  /** Nothing to spend at once but a day's limits, which may go in its first hour. */
  static Buckets empty(BudgetSettings settings, Map<Bandwidth, Long> limits, long now) {
    var buckets = new Buckets(settings, 1);
    limits.forEach((bandwidth, limit) -> {
      buckets.limits.put(bandwidth, limit);
      buckets.states.put(bandwidth, buckets.newBucket(bandwidth, limit, now));
    });
    return buckets;
  }

  void refill(long now) {
    states.values().forEach(state -> state.refillAllBandwidth(now));
  }

  /** Takes one request and its tokens from every bandwidth, if need be into debt. */
  void take(long tokens) {
    states.forEach((bandwidth, state) -> state.consume(bandwidth.countsTokens() ? tokens : 1));
  }

  /** Whether what a minute grants has lain idle for as long as it may. */
  boolean areFull() {
    return states.entrySet().stream()
        .allMatch(each ->
            each.getKey().isDaily()
                || each.getValue().getAvailableTokens() >= capacity(each.getKey()));
  }

  /** When a request of so many tokens may start, were it taken now. */
  Start earliest(long tokens, long now, long headroomNanos) {
    long latest = 0;
    @Nullable Bandwidth limitedBy = null;
    for (var each : states.entrySet()) {
      var bandwidth = each.getKey();
      long wait = wait(each.getValue(), bandwidth.countsTokens() ? tokens : 1, now);
      if (!bandwidth.isDaily()) wait -= headroomNanos;
      if (wait > latest) {
        latest = wait;
        limitedBy = bandwidth;
      }
    }
    return new Start(latest, limitedBy);
  }

  void giveBack(long tokens, int requests) {
    states.forEach(
        (bandwidth, state) -> state.addTokens(bandwidth.countsTokens() ? tokens : requests));
  }

  /** What others may have spent unseen: whatever was there, and {@code nanos} of the refill. */
  void startCold(long nanos) {
    states.forEach((bandwidth, state) -> {
      if (!bandwidth.isDaily())
        state.consume(
            Math.max(0, state.getAvailableTokens())
                + (long) Math.ceil(nanos / nanosPerToken(bandwidth)));
    });
  }

  /** Nobody starts before {@code nanos} from now: spends what is there until then. */
  void holdBack(long nanos) {
    states.forEach((bandwidth, state) -> {
      if (bandwidth.isDaily()) return;
      long owed = -(long) (nanos / nanosPerToken(bandwidth));
      long excess = state.getAvailableTokens() - owed;
      if (excess > 0) state.consume(excess);
    });
  }

  /** The provider has counted more of a day's limit than we know of. */
  void atMost(Bandwidth bandwidth, long remaining) {
    var state = states.get(bandwidth);
    if (state != null && state.getAvailableTokens() > remaining)
      state.consume(state.getAvailableTokens() - remaining);
  }

  /** What the request costs of the schedule: ns in which the scarcest minute refills it. */
  long cost(long tokens) {
    double most = 0;
    for (var bandwidth : limits.keySet())
      if (!bandwidth.isDaily())
        most = Math.max(most, (bandwidth.countsTokens() ? tokens : 1) * nanosPerToken(bandwidth));
    return (long) most;
  }

  /** Tokens, or requests, that could be taken now without waiting; negative for a debt. */
  long available(Bandwidth bandwidth) {
    var state = states.get(bandwidth);
    return state == null ? 0 : state.getAvailableTokens();
  }

  Map<Bandwidth, Long> limits() {
    return limits;
  }

  /**
   * Follows changed limits, settings and shares; what is spent stays spent.
   *
   * @param wantedShare of the limits that is refilled
   * @param wantedBurst share of a minute that the buckets hold
   */
  void adapt(Map<Bandwidth, Long> wanted, double wantedShare, double wantedBurst, long now) {
    boolean sameShare =
        Math.abs(wantedShare - share) < SAME_SHARE && (share == 1) == (wantedShare == 1);
    if (sameShare && burst == wantedBurst && madeFrom == mark() && limits.equals(wanted)) return;
    share = wantedShare;
    burst = wantedBurst;
    madeFrom = mark();
    states.keySet().retainAll(wanted.keySet());
    limits.keySet().retainAll(wanted.keySet());
    wanted.forEach((bandwidth, limit) -> {
      limits.put(bandwidth, limit);
      var state = states.get(bandwidth);
      if (state == null) states.put(bandwidth, newBucket(bandwidth, limit, now));
      else
        state.replaceConfiguration(
            configuration(bandwidth, limit), TokensInheritanceStrategy.AS_IS, now);
    });
  }

  private static long wait(RemoteBucketState state, long amount, long now) {
    return state.calculateDelayNanosAfterWillBePossibleToConsume(amount, now, false);
  }

  private double nanosPerToken(Bandwidth bandwidth) {
    return periodNanos(bandwidth) / (double) limits.getOrDefault(bandwidth, 1L);
  }

  /** ns in which the whole limit is refilled at the present rate; a day's in no less than a day. */
  private long periodNanos(Bandwidth bandwidth) {
    double ours = bandwidth.isDaily() ? Math.min(share, 1) : share;
    return (long) (settings.periodNanos(bandwidth) / (settings.utilisation() * ours));
  }

  private RemoteBucketState newBucket(Bandwidth bandwidth, long limit, long now) {
    return new RemoteBucketState(
        BucketState.createInitialState(
            configuration(bandwidth, limit), MathType.INTEGER_64_BITS, now),
        new RemoteStat(0),
        null);
  }

  /** The most that can be there, tokens or requests. */
  long capacity(Bandwidth bandwidth) {
    return capacity(bandwidth, limits.getOrDefault(bandwidth, 0L));
  }

  private long capacity(Bandwidth bandwidth, long limit) {
    return Math.max(1, (long) (limit * (bandwidth.isDaily() ? settings.utilisation() : burst)));
  }

  private BucketConfiguration configuration(Bandwidth bandwidth, long limit) {
    long capacity = capacity(bandwidth, limit);
    return BucketConfiguration.builder()
        .addLimit(bucket ->
            bucket
                .capacity(capacity)
                .refillGreedy(limit, Duration.ofNanos(periodNanos(bandwidth)))
                .initialTokens(bandwidth.isDaily() ? capacity : 0))
        .build();
  }

  void write(DataOutput out) throws IOException {
    out.writeDouble(share);
    out.writeDouble(burst);
    out.writeInt(madeFrom);
    out.writeByte(states.size());
    for (var each : states.entrySet()) {
      out.writeByte(each.getKey().ordinal());
      out.writeLong(limits.getOrDefault(each.getKey(), 0L));
      RemoteBucketState.SERIALIZATION_HANDLE.serialize(
          DataOutputSerializationAdapter.INSTANCE,
          out,
          each.getValue(),
          Versions.getLatest(),
          Scope.PERSISTED_STATE);
    }
  }

  static Buckets read(DataInput in, BudgetSettings settings) throws IOException {
    var buckets = new Buckets(settings, in.readDouble());
    buckets.burst = in.readDouble();
    buckets.madeFrom = in.readInt();
    int count = in.readByte();
    for (int i = 0; i < count; i++) {
      var bandwidth = Bandwidth.values()[in.readByte()];
      buckets.limits.put(bandwidth, in.readLong());
      buckets.states.put(
          bandwidth,
          RemoteBucketState.SERIALIZATION_HANDLE.deserialize(
              DataOutputSerializationAdapter.INSTANCE, in));
    }
    return buckets;
  }
}
