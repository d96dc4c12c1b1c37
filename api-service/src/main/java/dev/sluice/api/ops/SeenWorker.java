package dev.sluice.api.ops;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.sluice.common.message.WorkerReport;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/**
 * A worker by its newest report.
 *
 * @param seenAt when Redis got it
 * @param age since then
 */
record SeenWorker(WorkerReport report, Instant seenAt, Duration age) {
  /** What operators are told that a worker is doing. */
  enum State {
    RUNNING,
    DRAINING,
    DRAINED,
    STOPPED,
    /** No report has come for a while, and it did not say that it stops. */
    LOST;

    @JsonValue
    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  State state() {
    if (report.state() == WorkerReport.State.STOPPED) return State.STOPPED;
    if (age.compareTo(WorkerReport.LOST_AFTER) > 0) return State.LOST;
    return State.valueOf(report.state().name());
  }

  /** Whether its figures count: it is there, be it on its way out. */
  boolean isThere() {
    return switch (state()) {
      case RUNNING, DRAINING, DRAINED -> true;
      case STOPPED, LOST -> false;
    };
  }
}
