package dev.sluice.api.responses;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.topic.Reply;
import dev.sluice.common.trace.Passage;
import dev.sluice.common.trace.Step;
import dev.sluice.common.trace.Traces;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;

/**
 * The span of one response on the instance that its request came to, from admission to its last
 * event. Part of whatever the thread works on that began it. Thread-safe.
 */
final class ResponseTrace {
  private final Traces traces;
  private final Passage response;

  private ResponseTrace(Traces traces) {
    this.traces = traces;
    this.response = traces.passage("response", SpanKind.INTERNAL, null);
  }

  static ResponseTrace begin(Traces traces) {
    return new ResponseTrace(traces);
  }

  Context context() {
    return response.context();
  }

  Step admission() {
    return traces.step("admission", SpanKind.INTERNAL, context());
  }

  void admitted(String responseId) {
    response.tell("sluice.request_id", responseId);
  }

  void firstEvent() {
    response.event("first_event");
  }

  /** The event that ends the response is handed to its client; any other is nothing to tell of. */
  Step delivery(Reply reply) {
    if (!reply.terminal()) return Step.NONE;
    var relay = reply.trace();
    return traces.step(
        "delivery", SpanKind.CONSUMER, relay == null ? context() : traces.context(relay));
  }

  void ended() {
    response.end();
  }

  void failed(ErrorCode code) {
    response.failed(code.code());
  }
}
