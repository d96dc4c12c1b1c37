package dev.sluice.benchmarks.relay;

import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.topic.Reply;
import dev.sluice.worker.relay.ResponseRelay;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One answer through the relay, and back from the api-service's replies: read and published by one
 * thread, heard by that of the replies.
 */
final class RelayedReader implements Reader {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String DELTA = "response.output_text.delta";
  private static final String COMPLETED = "response.completed";

  private final RequestEnvelope request;
  private final ResponseRelay relay; // the reading thread's alone
  private final Measured measured;
  private final long[] readAt; // the reading thread's alone
  private final long[] heardAt; // the replies' alone, until the end was heard
  private final CountDownLatch ended = new CountDownLatch(1);

  /**
   * @param most more than any event's sequence number
   */
  RelayedReader(RequestEnvelope request, ResponseRelay relay, Measured measured, int most) {
    this.request = request;
    this.relay = relay;
    this.measured = measured;
    this.readAt = new long[most];
    this.heardAt = new long[most];
  }

  @Override
  public void event(String type, byte[] json) {
    long now = System.nanoTime();
    if (type.equals(COMPLETED)) {
      relay.end(json);
      return;
    }
    relay.event(type, json);
    // Others may be held back on purpose: an announcement waits for what it announces
    if (type.equals(DELTA)) readAt[(int) relay.published()] = now;
  }

  /** For the thread of the replies. */
  void hear(Reply reply) {
    long now = System.nanoTime();
    heardAt[(int) reply.sequence()] = now;
    measured.event(now, reply.event().length);
    if (reply.terminal()) ended.countDown();
  }

  @Override
  public void end() throws InterruptedException {
    relay.awaitPublished(PATIENCE);
    if (!ended.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
      throw new IllegalStateException("the end of " + request.id() + " was not heard");
    for (int i = 0; i < readAt.length; i++)
      if (readAt[i] != 0) measured.added(readAt[i], heardAt[i]);
  }
}
