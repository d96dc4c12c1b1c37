package dev.sluice.worker.flow;

import dev.sluice.common.topic.Lane;
import dev.sluice.worker.model.CallOutcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What the flow tells its operators. */
final class FlowMeters {
  static final String COMPLETED = "completed";
  static final String FAILED = "failed";
  static final String CANCELLED = "cancelled";
  static final String DEAD_LETTERED = "dead_lettered";
  static final String REPEATED = "repeated";
  static final String HANDED_BACK = "handed_back";
  static final String TAKEN_OVER = "taken_over";
  static final String PARKED = "parked";

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

  /** A delivery has ended, or waits for another owner to end it. */
  void ended(Lane lane, String outcome) {
    Counter.builder("sluice.requests")
        .description("Requests delivered to this worker, by what became of them here")
        .tags("pool", lane.pool(), "priority", lane.priority().label(), "outcome", outcome)
        .register(registry)
        .increment();
  }

  /** {@code answered}, {@code stopped}, or the error's code. */
  static String code(CallOutcome outcome) {
    return switch (outcome) {
      case CallOutcome.Answered _ -> "answered";
      case CallOutcome.Failed(var failure, _) -> failure.code().code();
      case CallOutcome.Stopped _ -> "stopped";
    };
  }

  void attempt(String model, String code) {
    Counter.builder("sluice.attempts")
        .description("Provider calls that have ended, by what came of them")
        .tags("model", model, "code", code)
        .register(registry)
        .increment();
  }
}
