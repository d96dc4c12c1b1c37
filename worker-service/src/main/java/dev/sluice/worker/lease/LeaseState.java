package dev.sluice.worker.lease;

/** Life of a lease. Only the holder of the newest fencing token moves it. */
public enum LeaseState {
  /** Nobody has owned the request yet. */
  NONE,
  /** Taken, no call made: nothing is spent, anybody may take over after expiry. */
  HELD,
  /** Call under way, no text delivered: a takeover marks this attempt lost and calls again. */
  CALLING,
  /** Text has been delivered: a takeover cannot call again without doubling it. */
  ANSWERING,
  /** It failed for good: nobody may call again. Its dead letter may be published already. */
  SETTING_ASIDE,
  /** Terminal event published. Kept for its TTL, so that a redelivery is recognised. */
  DONE
}
