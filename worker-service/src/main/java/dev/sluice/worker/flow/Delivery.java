package dev.sluice.worker.flow;

import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.topic.Lane;
import dev.sluice.worker.intake.RequestHandler.Origin;
import dev.sluice.worker.lease.Life;

/**
 * A request as it came from its lane.
 *
 * @param begins tells the intake that this request makes no other wait for its turn
 * @param life the request's first, or that which an operator gave it again
 */
record Delivery(Lane lane, Origin origin, Runnable begins, RequestEnvelope request, Life life) {}
