package dev.sluice.worker.flow;

import dev.sluice.worker.model.CallOutcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What the flow tells its operators. */
final class FlowMeters {
  private final MeterRegistry registry;
  private final Counter takenOver;

  FlowMeters(MeterRegistry registry) {
    this.registry = registry;
    takenOver =
        Counter.builder("sluice.requests.taken.over")
            .description("Requests taken over in mid-call from a worker that is gone")
            .register(registry);
  }

  /** A request in mid-call whose worker is gone. */
  void takenOver() {
    takenOver.increment();
  }

  /** Input tokens that were left out of a conversation; the api-service counts its own likewise. */
  void dropped(long tokens) {
    Counter.builder("sluice.trim.dropped")
        .description("Input tokens of older turns that were left out of long conversations")
        .baseUnit("tokens")
        .register(registry)
        .increment(tokens);
  }

  void attempt(String model, CallOutcome outcome) {
    var code =
        switch (outcome) {
          case CallOutcome.Answered _ -> "answered";
          case CallOutcome.Failed(var failure, _) -> failure.code().code();
          case CallOutcome.Stopped _ -> "stopped";
        };
    Counter.builder("sluice.attempts")
        .description("Provider calls that have ended, by what came of them")
        .tags("model", model, "code", code)
        .register(registry)
        .increment();
  }
}
