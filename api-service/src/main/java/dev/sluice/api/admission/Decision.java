package dev.sluice.api.admission;

import dev.sluice.api.lanes.LaneLength;
import dev.sluice.common.message.RequestEnvelope;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What admission has decided and others must know.
 *
 * @param body of the request as the client sent it
 * @param repeatable how long a repeat by its idempotency key gets the same response
 * @param place about the place in its lane that it takes; null if it takes none
 */
record Decision(
    Concern concern,
    RequestEnvelope request,
    UserAllowance allowance,
    String body,
    Duration repeatable,
    LaneLength.@Nullable Ticket place) {
  /** Whether it takes a place in its lane. */
  boolean needsCall() {
    return place != null;
  }

  Identity identity() {
    return Identity.of(request.id(), body);
  }

  Leader leader() {
    return Leader.of(request, concern.lane(), Objects.requireNonNull(place));
  }
}
