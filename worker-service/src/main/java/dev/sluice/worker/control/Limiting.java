package dev.sluice.worker.control;

import dev.sluice.common.message.LimitingFactor;
import dev.sluice.common.message.WorkerReport.PoolReport;
import java.util.Comparator;
import java.util.List;

/**
 * Tells what caps throughput, from what is seen of a lane, a pool, a worker. The first that holds
 * counts. Pure.
 */
final class Limiting {
  /** What is seen of a lane of this worker: {@code isFull} if it may take on no more. */
  record LaneSeen(boolean paused, boolean isFull, int inFlight, int waiting) {}

  /**
   * @param byBudget what the pool's requests wait for in front of the budget
   */
  static LimitingFactor pool(LimitingFactor byBudget, List<LaneSeen> lanes) {
    if (byBudget != LimitingFactor.IDLE) return byBudget;
    var waiting = lanes.stream().filter(lane -> lane.waiting() > 0).toList();
    if (waiting.stream().anyMatch(lane -> !lane.paused() && lane.isFull()))
      return LimitingFactor.CONCURRENCY;
    if (!waiting.isEmpty() && waiting.stream().allMatch(LaneSeen::paused))
      return LimitingFactor.PAUSED;
    return lanes.stream().anyMatch(lane -> lane.inFlight() > 0)
        ? LimitingFactor.PROVIDER_LATENCY
        : LimitingFactor.IDLE;
  }

  /**
   * @param ofPool what limits its pool
   */
  static LimitingFactor lane(LimitingFactor ofPool, LaneSeen lane) {
    if (lane.paused()) return LimitingFactor.PAUSED;
    if (ofPool == LimitingFactor.CIRCUIT_OPEN) return ofPool;
    if (lane.waiting() > 0) return ofPool;
    return lane.inFlight() > 0 ? LimitingFactor.PROVIDER_LATENCY : LimitingFactor.IDLE;
  }

  /** That of the pool for which most requests wait; if none waits, whether anything runs. */
  static LimitingFactor worker(List<PoolReport> pools) {
    return pools.stream()
        .filter(pool -> pool.limitingFactor() != LimitingFactor.IDLE)
        .max(
            Comparator.comparingInt(PoolReport::waiting)
                .thenComparing(pool -> pool.limitingFactor() == LimitingFactor.PROVIDER_LATENCY))
        .map(PoolReport::limitingFactor)
        .orElse(LimitingFactor.IDLE);
  }

  private Limiting() {}
}
