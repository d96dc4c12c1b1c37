package dev.sluice.common.topic;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.trace.Traces;
import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * One event on {@code sluice.replies}. Everything that routes it stands in record headers, so that
 * an api instance passes the event's bytes on without parsing them.
 *
 * @param responseId the response it belongs to
 * @param sequence the event's {@code sequence_number}
 * @param fence fencing token of the lease under which it was published
 * @param terminal whether it ends the response
 * @param event the event as JSON, UTF-8
 * @param trace the span that published it, W3C Trace Context; told with the terminal event alone
 */
public record Reply(
    String responseId,
    long sequence,
    long fence,
    boolean terminal,
    byte[] event,
    @Nullable String trace) {
  /**
   * Fence of an end that is meant for the response's own client alone, while the call goes on for
   * others who wait for its answer.
   */
  public static final long OWN_CLIENT = Long.MAX_VALUE;

  /** Fence of an end that no worker can take back any more. */
  public static final long LAST_WORD = Long.MAX_VALUE - 1;

  private static final String RESPONSE_ID = "response_id";
  private static final String SEQUENCE = "sequence";
  private static final String FENCE = "fence";
  private static final String TERMINAL = "terminal";

  public Reply(String responseId, long sequence, long fence, boolean terminal, byte[] event) {
    this(responseId, sequence, fence, terminal, event, null);
  }

  /** Whether it ends the response for its own client alone. */
  public boolean isForOwnClient() {
    return fence == OWN_CLIENT;
  }

  /** The record that carries this event to {@code partition}. */
  public ProducerRecord<byte[], byte[]> toRecord(int partition) {
    var produced = new ProducerRecord<byte[], byte[]>(Topics.REPLIES, partition, null, event);
    produced
        .headers()
        .add(RESPONSE_ID, responseId.getBytes(UTF_8))
        .add(SEQUENCE, ByteBuffer.allocate(8).putLong(sequence).array())
        .add(FENCE, ByteBuffer.allocate(8).putLong(fence).array())
        .add(TERMINAL, new byte[] {(byte) (terminal ? 1 : 0)});
    if (trace != null) produced.headers().add(Traces.HEADER, trace.getBytes(UTF_8));
    return produced;
  }

  /**
   * The event that a record carries.
   *
   * @throws IllegalArgumentException if a header is missing
   */
  public static Reply of(ConsumerRecord<byte[], byte[]> consumed) {
    var headers = consumed.headers();
    var responseId = new String(value(headers, RESPONSE_ID), UTF_8);
    boolean terminal = value(headers, TERMINAL)[0] == 1;
    return new Reply(
        responseId,
        ByteBuffer.wrap(value(headers, SEQUENCE)).getLong(),
        ByteBuffer.wrap(value(headers, FENCE)).getLong(),
        terminal,
        consumed.value(),
        terminal ? Traces.told(headers) : null);
  }

  private static byte[] value(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    if (header == null) throw new IllegalArgumentException("reply without header " + name);
    return header.value();
  }
}
