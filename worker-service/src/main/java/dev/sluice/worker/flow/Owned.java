package dev.sluice.worker.flow;

import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.topic.Lane;
import dev.sluice.worker.budget.Estimates.Estimate;
import dev.sluice.worker.lease.Lease;
import dev.sluice.worker.relay.ResponseRelay;

/**
 * A request that this worker owns, and all that it works on it with.
 *
 * @param request its input tokens are the estimated ones
 */
record Owned(
    Delivery delivery,
    RequestEnvelope request,
    Estimate estimate,
    Lease lease,
    ResponseRelay relay,
    StopSignal signal) {
  /** The same with another body. */
  Owned with(RequestEnvelope changed, Estimate itsEstimate) {
    return new Owned(
        delivery, changed.withInputTokens(itsEstimate.input()), itsEstimate, lease, relay, signal);
  }

  Lane lane() {
    return delivery.lane();
  }

  /** Attempts of this life. */
  int attempts() {
    return lease.attempt() - delivery.life().attempts();
  }
}
