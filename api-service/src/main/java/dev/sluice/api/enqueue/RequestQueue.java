package dev.sluice.api.enqueue;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.RetryAfter;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.message.CancelRequest;
import dev.sluice.common.message.Message;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.message.UsageEvent;
import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.Reply;
import dev.sluice.common.topic.Topics;
import dev.sluice.common.trace.Traces;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The lanes, as an api instance sees them. Thread-safe; nothing blocks longer than its timeout. */
public final class RequestQueue implements AutoCloseable {
  /*
   * The producer gives up at the same moment as we do: a record that is refused here must not
   * arrive later, or it would be answered to nobody and billed.
   */
  private static final Logger log = LoggerFactory.getLogger(RequestQueue.class);
  private static final Duration AGAIN_IN = Duration.ofSeconds(2);

  private final Producer<byte[], byte[]> producer;
  private final MessageCodec codec;
  private final InstantSource clock;
  private final Traces traces;

  RequestQueue(
      Producer<byte[], byte[]> producer, MessageCodec codec, InstantSource clock, Traces traces) {
    this.producer = producer;
    this.codec = codec;
    this.clock = clock;
    this.traces = traces;
  }

  /**
   * Puts a request on its lane, and the first event of its response into the reply log, so that
   * whoever comes back can tell a response that waits from one that never was.
   *
   * @param trace what the request is part of; its worker goes on with it
   * @return completes when every in-sync replica has the request; fails with {@link
   *     ErrorCode#SERVICE_UNAVAILABLE} if it was not accepted, and with {@link
   *     ErrorCode#REQUEST_TOO_LARGE} if it never will be
   */
  public CompletableFuture<Void> enqueue(
      Lane lane, RequestEnvelope request, Reply queued, Context trace) {
    var announced = send(queued.toRecord(request.replyPartition()));
    if (announced.isCompletedExceptionally()) return announced; // Kafka is away: one wait is enough
    var accepted = send(lane, request, trace);
    // Accepted is accepted: without its announcement a response that waits cannot be resumed yet.
    return announced.handle((_, _) -> accepted).thenCompose(outcome -> outcome);
  }

  /**
   * Publishes events of a response that needs no call.
   *
   * @return completes when all of them are safe
   */
  public CompletableFuture<Void> publish(int partition, List<Reply> events) {
    var sent = new ArrayList<CompletableFuture<Void>>();
    for (var event : events) {
      var one = send(event.toRecord(partition));
      if (one.isCompletedExceptionally()) return one;
      sent.add(one);
    }
    return CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new));
  }

  /**
   * Tells the ledger of an answer that needed no call, or of what somebody of finance has decided.
   *
   * @return completes when it is safe; fails with {@link ErrorCode#SERVICE_UNAVAILABLE} if not
   */
  public CompletableFuture<Void> account(UsageEvent event) {
    return send(Topics.USAGE, event.requestId(), event);
  }

  /** Tells every worker that nobody wants a response any more. */
  public CompletableFuture<Void> cancel(String requestId) {
    return send(Topics.CONTROL, requestId, new CancelRequest(requestId, clock.instant(), Map.of()));
  }

  private CompletableFuture<Void> send(Lane lane, RequestEnvelope request, Context trace) {
    var span =
        traces
            .passage("enqueue", SpanKind.PRODUCER, trace)
            .tell("sluice.pool", lane.pool())
            .tell("sluice.priority", lane.priority().label());
    var produced = record(lane.topic(), request.userId(), request);
    var context = span.text();
    if (context != null) produced.headers().add(Traces.HEADER, context.getBytes(UTF_8));
    return send(produced)
        .whenComplete((_, failure) -> {
          if (failure instanceof SluiceException refused) span.failed(refused.code().code());
          else span.end();
        });
  }

  private CompletableFuture<Void> send(String topic, String key, Message message) {
    return send(record(topic, key, message));
  }

  private ProducerRecord<byte[], byte[]> record(String topic, String key, Message message) {
    return new ProducerRecord<>(topic, key.getBytes(UTF_8), codec.encode(message));
  }

  private CompletableFuture<Void> send(ProducerRecord<byte[], byte[]> produced) {
    var acknowledged = new CompletableFuture<Void>();
    try {
      var _ =
          producer.send(
              produced,
              (_, failure) -> {
                if (failure == null) acknowledged.complete(null);
                else acknowledged.completeExceptionally(refused(failure));
              });
    } catch (KafkaException unavailable) {
      acknowledged.completeExceptionally(refused(unavailable));
    }
    return acknowledged;
  }

  private static SluiceException refused(Exception cause) {
    log.atWarn().addKeyValue("cause", cause.toString()).log("Kafka did not take a record");
    // Within the limit as it came; quotes in it are longer in the envelope
    if (cause instanceof RecordTooLargeException)
      return new SluiceException(ErrorCode.REQUEST_TOO_LARGE);
    var code = ErrorCode.SERVICE_UNAVAILABLE;
    return new SluiceException(code, code.sentence(), RetryAfter.headers(AGAIN_IN));
  }

  @Override
  public void close() {
    producer.close();
  }
}
