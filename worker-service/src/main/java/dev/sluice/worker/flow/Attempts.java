package dev.sluice.worker.flow;

import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.message.TokenUsage;
import dev.sluice.common.trace.Step;
import dev.sluice.worker.budget.Estimates;
import dev.sluice.worker.control.Activity;
import dev.sluice.worker.ledger.UsageLedger;
import dev.sluice.worker.model.CallListener;
import dev.sluice.worker.model.CallOutcome;
import dev.sluice.worker.model.Model;
import dev.sluice.worker.model.ProviderEvent;
import dev.sluice.worker.model.RateLimits;
import java.time.Duration;
import java.util.function.Consumer;

/** One attempt: opened in the ledger, called, relayed, settled. Thread-safe. */
final class Attempts {
  private final Model model;
  private final UsageLedger ledger;
  private final Estimates estimates;
  private final FlowMeters meters;
  private final FlowSpans spans;
  private final Activity activity;

  Attempts(
      Model model,
      UsageLedger ledger,
      Estimates estimates,
      FlowMeters meters,
      FlowSpans spans,
      Activity activity) {
    this.activity = activity;
    this.model = model;
    this.ledger = ledger;
    this.estimates = estimates;
    this.meters = meters;
    this.spans = spans;
  }

  /**
   * Makes the attempt that the lease counted last.
   *
   * @param rateLimits hears the provider's own counters
   * @param alone whether they will show what this call alone was charged
   */
  CallOutcome make(Owned owned, Consumer<RateLimits> rateLimits, boolean alone) {
    var request = owned.request();
    int attempt = owned.lease().attempt();
    var entry = ledger.open(request, attempt); // before the call: a crash leaves a trace
    owned.relay().restart();
    long startedAt = System.nanoTime();
    var outcome = call(owned, attempt, rateLimits, alone);
    // One that is cut off to be taken over is settled by its next owner, as lost
    if (!isHandedBack(owned, outcome)) settle(entry, outcome, owned.signal());
    var code = FlowMeters.code(outcome);
    meters.attempt(request.model(), code);
    activity.attempted(code, attempt);
    if (outcome instanceof CallOutcome.Answered)
      activity.answered(
          owned.lane().pool(),
          Duration.ofNanos(System.nanoTime() - startedAt),
          owned.estimate().charge());
    if (outcome instanceof CallOutcome.Answered answered)
      estimates.answered(owned.estimate(), answered.usage().input(), answered.usage().output());
    return outcome;
  }

  private CallOutcome call(
      Owned owned, int attempt, Consumer<RateLimits> rateLimits, boolean alone) {
    var request = owned.request();
    try (var span = spans.attempt(request, attempt)) {
      var outcome =
          model.call(
              owned.lane().pool(),
              request,
              attempt,
              owned.signal(),
              listener(owned, rateLimits, alone, span));
      FlowSpans.tell(span, outcome);
      return outcome;
    }
  }

  private static boolean isHandedBack(Owned owned, CallOutcome outcome) {
    return outcome instanceof CallOutcome.Stopped
        && owned.signal().reason() == StopSignal.Reason.HANDED_BACK;
  }

  /** The last owner died in mid-attempt: what it had received is accounted for as an estimate. */
  void settleLost(RequestEnvelope request, int attempt, long outputTokens) {
    meters.takenOver();
    var entry = new UsageLedger.Entry(request, attempt, request.acceptedAt());
    var usage = TokenUsage.estimated(request.inputTokens(), outputTokens);
    var _ = ledger.settle(entry, usage, "lost", "worker_lost", null, "default");
  }

  private CallListener listener(
      Owned owned, Consumer<RateLimits> rateLimits, boolean alone, Step span) {
    return new CallListener() {
      @Override
      public void rateLimits(RateLimits limits, boolean admitted) {
        rateLimits.accept(limits);
        if (alone && admitted)
          limits.tokens().ifPresent(tokens -> estimates.charged(owned.estimate(), tokens.used()));
      }

      @Override
      public void event(ProviderEvent event) {
        var relay = owned.relay();
        boolean before = relay.isAnswering();
        relay.event(event.type(), event.json());
        if (relay.isAnswering() && !before) {
          owned.lease().answering();
          span.event("first_token");
        }
      }
    };
  }

  private void settle(UsageLedger.Entry entry, CallOutcome outcome, StopSignal signal) {
    var _ =
        switch (outcome) {
          case CallOutcome.Answered(var terminal, var usage, var answeredBy, var serviceTier) ->
              ledger.settle(
                  entry,
                  usage,
                  terminal.type().equals("response.completed") ? "completed" : "incomplete",
                  null,
                  answeredBy,
                  serviceTier);
          case CallOutcome.Failed(var failure, var usage) ->
              ledger.settle(entry, usage, "failed", failure.code().code(), null, "default");
          case CallOutcome.Stopped(var usage) ->
              ledger.settle(
                  entry,
                  usage,
                  "cancelled",
                  signal.reason().name().toLowerCase(java.util.Locale.ROOT),
                  null,
                  "default");
        };
  }
}
