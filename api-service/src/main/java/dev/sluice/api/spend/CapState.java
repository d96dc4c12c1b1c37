package dev.sluice.api.spend;

import java.util.Locale;

/** How a cap stands. */
enum CapState {
  BELOW,
  /** What is settled has passed the soft cap. */
  SOFT_PASSED,
  /** What is settled and held leaves nothing of the hard cap. */
  REACHED,
  /** Neither Redis nor Postgres can tell: whom it concerns is refused. */
  UNKNOWN;

  /** As in metrics. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static CapState of(CapStanding standing) {
    var spent = standing.spent();
    if (spent == null) return UNKNOWN;
    var hard = standing.cap().hard();
    var soft = standing.cap().soft();
    if (hard != null && spent.settled().add(spent.reserved()).compareTo(hard) >= 0) return REACHED;
    if (soft != null && spent.settled().compareTo(soft) >= 0) return SOFT_PASSED;
    return BELOW;
  }
}
