package dev.sluice.worker.relay;

import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.topic.Reply;
import dev.sluice.common.trace.Traces;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.KafkaTemplate;

/** Opens relays and publishes for them. Thread-safe. */
public final class Relays {
  private final KafkaTemplate<byte[], byte[]> kafka;
  private final ReplyLog log;
  private final Traces traces;
  private final EventRewriter rewriter = new EventRewriter();

  Relays(KafkaTemplate<byte[], byte[]> kafka, ReplyLog log, Traces traces) {
    this.kafka = kafka;
    this.log = log;
    this.traces = traces;
  }

  /** The relay of a request that nobody has answered yet. */
  public ResponseRelay open(RequestEnvelope request, long fence) {
    return new ResponseRelay(this, rewriter, request, fence, ResponseRelay.FIRST);
  }

  /**
   * The relay of a request whose last owner died in the middle of the answer; reads the reply log
   * to go on counting where that one stopped. Blocks for a fraction of a second.
   */
  public ResponseRelay takeOver(RequestEnvelope request, long fence) {
    long last = log.lastSequence(request.id(), request.replyPartition(), request.replyOffset());
    return new ResponseRelay(this, rewriter, request, fence, last + 1);
  }

  /** What this thread works on, for whoever reads the event that ends the response. */
  @Nullable String trace() {
    return traces.current();
  }

  CompletableFuture<?> publish(int partition, Reply reply) {
    return kafka.send(reply.toRecord(partition));
  }
}
