package dev.sluice.worker.intake;

import dev.sluice.common.topic.Lane;
import dev.sluice.common.trace.Traces;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** What the intake needs from outside: somebody who works on a request until it has ended. */
public interface RequestHandler {
  /**
   * Works on one record; runs on a virtual thread of its own and may block.
   *
   * @param begins to be run when the record's work begins, or others need not wait for it. Until
   *     then it is one of those that the intake hands over ahead, so many and no more. Does not
   *     block, and may run any number of times
   * @return whether the record has ended; if not, it was handed back and its offset stays open, so
   *     that it comes again to this worker after a restart or to another one
   */
  boolean handle(Lane lane, byte[] value, Origin origin, Runnable begins)
      throws InterruptedException;

  /** From now on requests whose call has not begun are to be handed back. */
  void drain();

  /** Requests may begin again. */
  void resume();

  /** Every request is to be handed back now, calls under way included. */
  void handBackAll();

  /**
   * Where a record stands on its lane, and since when.
   *
   * @param trace the span that led to it, W3C Trace Context; null where none was told
   */
  record Origin(
      String topic, int partition, long offset, Instant enqueuedAt, @Nullable String trace) {
    static Origin of(ConsumerRecord<?, ?> fetched) {
      return new Origin(
          fetched.topic(),
          fetched.partition(),
          fetched.offset(),
          Instant.ofEpochMilli(fetched.timestamp()),
          Traces.told(fetched.headers()));
    }
  }
}
