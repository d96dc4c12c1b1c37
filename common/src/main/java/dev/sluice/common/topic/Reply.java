package dev.sluice.common.topic;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * One event on {@code sluice.replies}. Everything that routes it stands in record headers, so that
 * an api instance passes the event's bytes on without parsing them.
 *
 * @param responseId the response it belongs to
 * @param sequence the event's {@code sequence_number}
 * @param fence fencing token of the lease under which it was published
 * @param terminal whether it ends the response
 * @param event the event as JSON, UTF-8
 */
public record Reply(String responseId, long sequence, long fence, boolean terminal, byte[] event) {
  private static final String RESPONSE_ID = "response_id";
  private static final String SEQUENCE = "sequence";
  private static final String FENCE = "fence";
  private static final String TERMINAL = "terminal";

  /** The record that carries this event to {@code partition}. */
  public ProducerRecord<byte[], byte[]> toRecord(int partition) {
    var produced = new ProducerRecord<byte[], byte[]>(Topics.REPLIES, partition, null, event);
    produced
        .headers()
        .add(RESPONSE_ID, responseId.getBytes(UTF_8))
        .add(SEQUENCE, ByteBuffer.allocate(8).putLong(sequence).array())
        .add(FENCE, ByteBuffer.allocate(8).putLong(fence).array())
        .add(TERMINAL, new byte[] {(byte) (terminal ? 1 : 0)});
    return produced;
  }

  /**
   * The event that a record carries.
   *
   * @throws IllegalArgumentException if a header is missing
   */
  public static Reply of(ConsumerRecord<byte[], byte[]> consumed) {
    var headers = consumed.headers();
    return new Reply(
        new String(value(headers, RESPONSE_ID), UTF_8),
        ByteBuffer.wrap(value(headers, SEQUENCE)).getLong(),
        ByteBuffer.wrap(value(headers, FENCE)).getLong(),
        value(headers, TERMINAL)[0] == 1,
        consumed.value());
  }

  private static byte[] value(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    if (header == null) throw new IllegalArgumentException("reply without header " + name);
    return header.value();
  }
}
