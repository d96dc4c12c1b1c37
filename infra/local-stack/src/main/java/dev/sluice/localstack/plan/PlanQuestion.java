package dev.sluice.localstack.plan;

import dev.sluice.common.budget.Demand;
import java.time.Duration;
import java.util.Optional;

/**
 * What somebody wants to send to one model.
 *
 * @param tier of the account; that of the services where it is empty
 * @param inputTokens mean of a request
 * @param outputTokens mean of an answer; no limit counts it, advice does
 * @param maxOutputTokens what requests set, 0 where they set none
 * @param perSecond requests that arrive in a second
 * @param latency mean of a call, from its start to the end of its answer
 */
public record PlanQuestion(
    String model,
    Optional<String> tier,
    long inputTokens,
    long outputTokens,
    long maxOutputTokens,
    double perSecond,
    Duration latency) {

  Demand demand() {
    return demand(Demand.charge(inputTokens, maxOutputTokens));
  }

  Demand demand(long chargedTokens) {
    return new Demand(perSecond, chargedTokens, latency);
  }
}
