package dev.sluice.worker.flow;

import dev.sluice.common.message.LaneRecord;
import dev.sluice.common.message.MalformedMessageException;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.message.RedrivenRequest;
import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.topic.Lane;
import dev.sluice.worker.intake.RequestHandler;
import dev.sluice.worker.lease.Life;
import org.slf4j.MDC;

/** The root of each request's virtual thread: decodes, names the request in the log, runs it. */
final class RequestHandling implements RequestHandler {
  private final RequestFlow flow;
  private final InFlight inFlight;
  private final FlowSpans spans;
  private final MessageCodec codec;
  private final SettingAside aside;

  RequestHandling(
      RequestFlow flow,
      InFlight inFlight,
      FlowSpans spans,
      MessageCodec codec,
      SettingAside aside) {
    this.flow = flow;
    this.inFlight = inFlight;
    this.spans = spans;
    this.codec = codec;
    this.aside = aside;
  }

  @Override
  public boolean handle(Lane lane, byte[] value, Origin origin, Runnable begins)
      throws InterruptedException {
    Delivery delivery;
    try {
      delivery = read(lane, value, origin, begins);
    } catch (MalformedMessageException malformed) {
      aside.unreadable(lane, value, origin, malformed);
      return true;
    }
    var request = delivery.request();
    try (var _ = MDC.putCloseable("request_id", request.id());
        var _ = MDC.putCloseable("lane", lane.topic());
        var _ = spans.request(lane, request, origin);
        var entry = inFlight.enter(request.id(), request.deadline())) {
      return flow.run(delivery, entry.signal());
    }
  }

  private Delivery read(Lane lane, byte[] value, Origin origin, Runnable begins) {
    return switch (codec.decode(value, LaneRecord.class)) {
      case RequestEnvelope request -> new Delivery(lane, origin, begins, request, Life.FIRST);
      case RedrivenRequest again -> {
        var life = new Life(again.letter(), again.attempts());
        yield new Delivery(lane, origin, begins, again.request(), life);
      }
    };
  }

  @Override
  public void drain() {
    inFlight.drain();
  }

  @Override
  public void resume() {
    inFlight.resume();
  }

  @Override
  public void handBackAll() {
    inFlight.handBackAll();
  }
}
