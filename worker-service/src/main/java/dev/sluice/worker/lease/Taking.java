package dev.sluice.worker.lease;

import java.time.Duration;

/** What a worker learns when it asks for a request's lease. */
public sealed interface Taking {
  /**
   * It is ours.
   *
   * @param before how far the request had got under its last owner, who is gone
   * @param isSpent whether so many owners have died with it that nobody may try again
   */
  record Taken(Lease lease, LeaseState before, boolean isSpent) implements Taking {}

  /** Another owner is on it; ask again after {@code expiresIn}. */
  record HeldElsewhere(Duration expiresIn) implements Taking {}

  /** It has ended; there is nothing left to do. */
  record AlreadyDone() implements Taking {}
}
