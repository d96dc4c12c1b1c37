package dev.sluice.worker.budget;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.message.LimitingFactor;
import dev.sluice.common.message.WorkerReport.BandwidthReport;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pool as this worker sees it now.
 *
 * @param limitedBy what its requests wait for; {@link LimitingFactor#IDLE} if none waits
 * @param seenAgo since the shared state was read, ms
 * @param circuit why the pool is closed; null if it is not
 * @param yielded share of the limits that is left to others
 */
public record PoolActivity(
    LaneActivity interactive,
    LaneActivity background,
    LimitingFactor limitedBy,
    long seenAgo,
    @Nullable ErrorCode circuit,
    double yielded,
    List<BandwidthReport> bandwidths) {
  /**
   * @param inFlight calls under way, or about to start
   * @param waiting requests that wait to be reserved
   * @param oldest when the first of those was accepted
   */
  public record LaneActivity(int inFlight, int waiting, @Nullable Instant oldest) {}

  int waiting() {
    return interactive.waiting + background.waiting;
  }
}
