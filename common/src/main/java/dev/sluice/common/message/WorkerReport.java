package dev.sluice.common.message;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.sluice.common.budget.Bandwidth;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.topic.Lane;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a worker says of itself, about once a second.
 *
 * @param id stable over restarts
 * @param instance of this start alone: two workers of one id are told apart by it
 * @param build version of its build; {@code version} is that of the message
 * @param inFlight calls under way, or about to start
 * @param concurrency how many of those it may have
 * @param configuredConcurrency how many it may have where operators have set nothing
 * @param attempts attempts that ended in the last minute, by what came of them
 */
public record WorkerReport(
    String id,
    String instance,
    String build,
    String host,
    State state,
    Instant startedAt,
    int inFlight,
    int concurrency,
    int configuredConcurrency,
    SetBy concurrencySetBy,
    LimitingFactor limitingFactor,
    List<LaneReport> lanes,
    List<PoolReport> pools,
    List<AttemptCount> attempts,
    @JsonAnySetter @JsonAnyGetter Map<String, Object> unknown)
    implements Message {

  /** Hash of the newest report of each worker, by id. */
  public static final String KEY = "sluice:{workers}";

  /** Sorted set of worker ids by when Redis got their newest report, ms. */
  public static final String SEEN_KEY = KEY + ":seen";

  /** Without a report for so long a worker counts as lost. */
  public static final Duration LOST_AFTER = Duration.ofSeconds(5);

  /** How long workers that are gone are remembered. */
  public static final Duration MEMORY = Duration.ofMinutes(10);

  /** What a worker is doing. */
  public enum State {
    RUNNING,
    /** Has left the group; calls are under way. */
    DRAINING,
    /** Has left the group; nothing is under way. */
    DRAINED,
    STOPPED;

    @JsonValue
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Which setting a worker's concurrency is from. */
  public enum SetBy {
    DEFAULT,
    FLEET,
    WORKER;

    @JsonValue
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * @param inFlight calls under way, or about to start
   * @param waiting requests that this worker has taken on and that have not started
   * @param oldestWaiting when the first of those was accepted
   * @param endedAhead requests that have ended, but whose offset cannot be committed yet for one
   *     that goes on in front of them
   * @param startedRecently requests that were called for the first time in the last ten seconds
   * @param endedRecently requests that ended in the last ten seconds
   */
  public record LaneReport(
      Lane lane,
      int inFlight,
      int waiting,
      @Nullable Instant oldestWaiting,
      long endedAhead,
      long startedRecently,
      long endedRecently,
      LimitingFactor limitingFactor) {}

  /**
   * @param seenAgo since the pool's shared state was read, ms: who has seen it last knows best
   * @param circuit why the pool is closed; null if it is not
   * @param yielded share of the limits that is left to others
   * @param answered calls that ended with an answer in the last minute
   * @param latency of all of these together, ms
   * @param charged what was reserved for all of these together, tokens
   */
  public record PoolReport(
      String pool,
      LimitingFactor limitingFactor,
      int waiting,
      long seenAgo,
      @Nullable ErrorCode circuit,
      double yielded,
      List<BandwidthReport> bandwidths,
      long answered,
      long latency,
      long charged) {}

  /**
   * @param limit in force, in the bandwidth's period
   * @param available what could be taken now; negative for a debt
   * @param used by calls of this worker that started in the last minute
   * @param reserved by this worker, for calls that have not started
   * @param capacity the most that can be available, after a rest
   * @param headroom what may be taken besides, as long as the provider shows that it has it
   */
  public record BandwidthReport(
      Bandwidth bandwidth,
      long limit,
      long available,
      long used,
      long reserved,
      long capacity,
      long headroom) {}

  /**
   * @param code {@code answered}, {@code stopped}, or the error's code
   * @param retries how many of them were not the first of their request
   */
  public record AttemptCount(String code, long count, long retries) {}
}
