package dev.sluice.worker.flow;

import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.token.TokenCounter;
import dev.sluice.common.trim.ContextLimit;
import dev.sluice.common.trim.Dropped;
import dev.sluice.common.trim.Trimmer;
import dev.sluice.common.trim.Trimming;
import dev.sluice.worker.budget.Estimates;
import dev.sluice.worker.budget.Estimates.Estimate;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a request will probably need, and what is left of it when it is too long for its model.
 * Thread-safe.
 */
final class Weighing {
  private final Estimates estimates;
  private final TokenCounter counter = new TokenCounter();
  private final Trimmer trimmer;
  private final FlowMeters meters;
  private final JsonMapper json = new JsonMapper();

  Weighing(Estimates estimates, Trimmer trimmer, FlowMeters meters) {
    this.estimates = estimates;
    this.trimmer = trimmer;
    this.meters = meters;
  }

  /**
   * @param request with its input as admission counted it
   */
  Estimate estimate(RequestEnvelope request) {
    long most = request.reservedTokens();
    // Anything but the counted tokens was reserved by the provider's rule: there is no surcharge
    long least = most == request.inputTokens() ? leastCharge(request) : most;
    return estimates.of(request.model(), request.inputTokens(), least, most);
  }

  /** A request without its oldest turns. */
  record Shortened(Owned owned, Dropped dropped) {}

  /**
   * The request without its oldest turns, as the provider's figures demand; empty if none may go,
   * or the newest is too long by itself.
   */
  Optional<Shortened> shortened(Owned owned, ContextLimit told) {
    if (!(trimmer.again(body(owned.request()), told) instanceof Trimming.Fits fits))
      return Optional.empty();
    var count = fits.count();
    var shorter =
        owned
            .request()
            .shortened(
                json.writeValueAsString(fits.body()),
                count.input(),
                count.charge(),
                fits.dropped().droppedTokens());
    return Optional.of(new Shortened(owned.with(shorter, estimate(shorter)), fits.dropped()));
  }

  /** It is called in this shape: its client hears so with the next event. */
  Owned told(Shortened shortened) {
    meters.dropped(shortened.dropped.droppedTokens());
    shortened.owned.relay().shortened(shortened.dropped);
    return shortened.owned;
  }

  private long leastCharge(RequestEnvelope request) {
    try {
      return counter.leastCharge(json.readTree(request.body()));
    } catch (JacksonException nonsense) {
      return request.reservedTokens(); // the call will fail for it, and its client be told
    }
  }

  private ObjectNode body(RequestEnvelope request) {
    return (ObjectNode) json.readTree(request.body());
  }
}
