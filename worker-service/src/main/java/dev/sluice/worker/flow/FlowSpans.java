package dev.sluice.worker.flow;

import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.topic.Lane;
import dev.sluice.common.trace.Step;
import dev.sluice.common.trace.Traces;
import dev.sluice.worker.intake.RequestHandler.Origin;
import dev.sluice.worker.model.CallOutcome;
import io.opentelemetry.api.trace.SpanKind;
import java.time.InstantSource;

/** The spans of a request on its worker, one place for their names and what they tell. */
final class FlowSpans {
  private final Traces traces;
  private final InstantSource clock;

  FlowSpans(Traces traces, InstantSource clock) {
    this.traces = traces;
    this.clock = clock;
  }

  /** All that this worker does for a request; before it, how long its record waited on the lane. */
  Step request(Lane lane, RequestEnvelope request, Origin origin) {
    var sender = traces.context(origin.trace());
    traces.past("queue", sender, origin.enqueuedAt(), clock.instant());
    return traces
        .step("request", SpanKind.CONSUMER, sender)
        .tell("sluice.request_id", request.id())
        .tell("sluice.pool", lane.pool())
        .tell("sluice.priority", lane.priority().label());
  }

  Step lease() {
    return traces.step("lease");
  }

  /** From asking for tokens to the start that they are for. */
  Step budget(Lane lane) {
    return traces.step("budget").tell("sluice.pool", lane.pool());
  }

  Step attempt(RequestEnvelope request, int number) {
    return traces
        .step("attempt", SpanKind.CLIENT, null)
        .tell("gen_ai.request.model", request.model())
        .tell("sluice.attempt", number);
  }

  /** From the event that ends the response to its being safe in the reply log. */
  Step relay() {
    return traces.step("relay");
  }

  static void tell(Step attempt, CallOutcome outcome) {
    switch (outcome) {
      case CallOutcome.Answered answered ->
          attempt
              .tell("gen_ai.usage.input_tokens", answered.usage().input())
              .tell("gen_ai.usage.output_tokens", answered.usage().output());
      case CallOutcome.Failed(var failure, _) -> attempt.failed(failure.code().code());
      case CallOutcome.Stopped _ -> attempt.event("stopped");
    }
  }
}
