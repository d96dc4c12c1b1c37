package dev.sluice.worker.flow;

import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.topic.Lane;
import dev.sluice.worker.lease.Lease;
import dev.sluice.worker.relay.ResponseRelay;

/** A request that this worker owns, and all that it works on it with. */
record Owned(
    Lane lane, RequestEnvelope request, Lease lease, ResponseRelay relay, StopSignal signal) {}
