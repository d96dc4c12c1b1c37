package dev.sluice.api.ops;

import dev.sluice.common.message.LimitingFactor;
import dev.sluice.common.message.WorkerReport.SetBy;
import dev.sluice.common.topic.Priority;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything at a glance, at one moment. Rates are means over ten seconds, or a minute where the
 * name says so; times are ms.
 */
record Overview(
    Instant at,
    FleetView fleet,
    List<LaneView> lanes,
    List<PoolView> pools,
    List<WorkerView> workers,
    AttemptsView attempts,
    DeadLettersView deadLetters) {
  /**
   * @param workers that are there and take on requests
   * @param inFlight calls under way, or about to start
   * @param requestsIn accepted, a second
   * @param requestsOut ended, a second
   * @param usableConcurrency calls at once that the budget can keep busy; null if it is not known
   */
  record FleetView(
      int workers,
      int inFlight,
      ConcurrencyView concurrency,
      double requestsIn,
      double requestsOut,
      LimitingFactor limitingFactor,
      @Nullable Long usableConcurrency) {}

  /**
   * @param fleet what operators have set for every worker; null if nothing
   * @param configuredPerWorker null while no worker is there to tell
   */
  record ConcurrencyView(
      @Nullable Integer fleet,
      @Nullable Instant setAt,
      @Nullable String setBy,
      @Nullable Integer configuredPerWorker) {}

  /**
   * @param backlog requests that have not started
   * @param oldestAgeMs of the first of those; null if there is none
   * @param etaMs until a request that came now would start; null while nothing can
   */
  record LaneView(
      String lane,
      String pool,
      Priority priority,
      boolean paused,
      long backlog,
      long backlogTokens,
      @Nullable Long oldestAgeMs,
      @Nullable Long etaMs,
      int inFlight,
      double startedPerSecond,
      LimitingFactor limitingFactor) {}

  /**
   * @param circuit {@code open} while the provider refuses the key or the account, else {@code
   *     closed}
   * @param meanLatencyMs of calls answered in the last minute; null if there was none
   * @param meanTokens charged for each of those
   * @param yieldedShare of the limits that is left to others on the account, a decimal
   */
  record PoolView(
      String pool,
      String circuit,
      @Nullable String circuitCode,
      LimitingFactor limitingFactor,
      @Nullable Long usableConcurrency,
      @Nullable Long meanLatencyMs,
      @Nullable Long meanTokens,
      List<BandwidthView> bandwidths,
      String yieldedShare) {}

  /**
   * @param used in the last minute, or of the day's allowance
   * @param reserved for calls that are about to start
   */
  record BandwidthView(String name, long limit, long used, long reserved, long left) {}

  record WorkerView(
      String id,
      String version,
      SeenWorker.State state,
      int inFlight,
      int concurrency,
      SetBy concurrencySetBy,
      LimitingFactor limitingFactor,
      Instant heartbeatAt,
      Instant startedAt,
      String host) {}

  record AttemptsView(long perMinute, long retriesPerMinute, List<CodeView> byCode) {}

  record CodeView(String code, long perMinute) {}

  record DeadLettersView(long open) {}
}
