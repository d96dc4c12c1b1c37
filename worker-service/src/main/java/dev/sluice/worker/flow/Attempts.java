package dev.sluice.worker.flow;

import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.message.TokenUsage;
import dev.sluice.worker.lease.Lease;
import dev.sluice.worker.ledger.UsageLedger;
import dev.sluice.worker.model.CallOutcome;
import dev.sluice.worker.model.Model;
import dev.sluice.worker.model.ProviderEvent;
import dev.sluice.worker.relay.ResponseRelay;
import java.util.function.Consumer;

/** One attempt: opened in the ledger, called, relayed, settled. Thread-safe. */
final class Attempts {
  private final Model model;
  private final UsageLedger ledger;
  private final FlowMeters meters;

  Attempts(Model model, UsageLedger ledger, FlowMeters meters) {
    this.model = model;
    this.ledger = ledger;
    this.meters = meters;
  }

  int maxAttempts() {
    return model.maxAttempts();
  }

  /**
   * Makes the next attempt under the lease.
   *
   * @throws dev.sluice.worker.lease.FencedException if another worker owns the request now
   */
  CallOutcome make(RequestEnvelope request, Lease lease, ResponseRelay relay, StopSignal signal) {
    int attempt = lease.nextAttempt();
    var entry = ledger.open(request, attempt); // before the call: a crash leaves a trace
    relay.restart();
    var outcome = model.call(request, attempt, signal, relayTo(relay, lease));
    settle(entry, outcome, signal);
    meters.attempt(request.model(), outcome);
    return outcome;
  }

  /** The last owner died in mid-attempt: what it had received is accounted for as an estimate. */
  void settleLost(RequestEnvelope request, int attempt, long outputTokens) {
    var entry = new UsageLedger.Entry(request, attempt, request.acceptedAt());
    var usage = TokenUsage.estimated(request.inputTokens(), outputTokens);
    var _ = ledger.settle(entry, usage, "lost", "worker_lost", null, "default");
  }

  private static Consumer<ProviderEvent> relayTo(ResponseRelay relay, Lease lease) {
    return event -> {
      boolean before = relay.isAnswering();
      relay.event(event.type(), event.json());
      if (relay.isAnswering() && !before) lease.answering();
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
