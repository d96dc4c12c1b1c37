package dev.sluice.api.admission;

import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.topic.Lane;

/** A request that may be queued, and where. */
public record Admitted(Lane lane, RequestEnvelope request) {}
