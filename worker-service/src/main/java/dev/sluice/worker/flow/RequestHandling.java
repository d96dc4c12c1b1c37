package dev.sluice.worker.flow;

import dev.sluice.common.message.DeadLetter;
import dev.sluice.common.message.MalformedMessageException;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.Topics;
import dev.sluice.worker.intake.RequestHandler;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.kafka.core.KafkaTemplate;

/** The root of each request's virtual thread: decodes, names the request in the log, runs it. */
final class RequestHandling implements RequestHandler {
  private static final Logger log = LoggerFactory.getLogger(RequestHandling.class);

  private final RequestFlow flow;
  private final InFlight inFlight;
  private final Waiting waiting;
  private final FlowSpans spans;
  private final MessageCodec codec;
  private final KafkaTemplate<byte[], byte[]> kafka;
  private final InstantSource clock;

  RequestHandling(
      RequestFlow flow,
      InFlight inFlight,
      Waiting waiting,
      FlowSpans spans,
      MessageCodec codec,
      KafkaTemplate<byte[], byte[]> kafka,
      InstantSource clock) {
    this.flow = flow;
    this.inFlight = inFlight;
    this.waiting = waiting;
    this.spans = spans;
    this.codec = codec;
    this.kafka = kafka;
    this.clock = clock;
  }

  @Override
  public boolean handle(Lane lane, byte[] value, Origin origin) throws InterruptedException {
    RequestEnvelope request;
    try {
      request = codec.decode(value, RequestEnvelope.class);
    } catch (MalformedMessageException malformed) {
      setAside(value, origin, malformed);
      return true;
    }
    try (var _ = MDC.putCloseable("request_id", request.id());
        var _ = MDC.putCloseable("lane", lane.topic());
        var _ = spans.request(lane, request, origin);
        var entry = inFlight.enter(request.id(), request.deadline())) {
      waiting.add(lane, request);
      return flow.run(lane, request, entry.signal());
    } finally {
      waiting.remove(request);
    }
  }

  @Override
  public Optional<Instant> oldestWaiting(Lane lane) {
    return waiting.oldest(lane);
  }

  @Override
  public void drain() {
    inFlight.drain();
  }

  /** A record that cannot be read must not stop its partition, and must not be lost. */
  private void setAside(byte[] value, Origin origin, MalformedMessageException reason) {
    var letter =
        new DeadLetter(
            origin.topic(),
            origin.partition(),
            origin.offset(),
            String.valueOf(reason.getMessage()),
            Base64.getEncoder().encodeToString(value),
            clock.instant(),
            Map.of());
    kafka.send(Topics.DEAD_LETTERS, codec.encode(letter)).join();
    log.atError()
        .addKeyValue("topic", origin.topic())
        .addKeyValue("partition", origin.partition())
        .addKeyValue("offset", origin.offset())
        .addKeyValue("reason", reason.getMessage())
        .log("A request cannot be read and was set aside; see the dead letters");
  }
}
