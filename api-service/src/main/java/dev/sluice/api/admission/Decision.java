package dev.sluice.api.admission;

import dev.sluice.common.message.RequestEnvelope;

/**
 * What admission has decided and others must know.
 *
 * @param body of the request as the client sent it
 * @param needsCall whether it takes a place in its lane
 */
record Decision(
    Concern concern,
    RequestEnvelope request,
    UserAllowance allowance,
    String body,
    boolean needsCall) {
  Identity identity() {
    return Identity.of(request.id(), body);
  }

  Leader leader() {
    return Leader.of(request);
  }
}
