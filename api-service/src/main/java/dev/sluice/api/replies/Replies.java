package dev.sluice.api.replies;

import dev.sluice.common.topic.Reply;
import dev.sluice.common.topic.Topics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Reads this instance's home partition from its end on and hands each event to whoever follows its
 * response. {@code assign()}: no group, so no rebalance ever stops it. Thread-safe.
 */
public final class Replies implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(Replies.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration AFTER_FAILURE = Duration.ofMillis(500);
  private static final Duration SWEEP_EVERY = Duration.ofSeconds(5);

  private final Consumer<byte[], byte[]> consumer; // the dispatcher thread's alone, but for wakeup
  private final TopicPartition home;
  private final InstantSource clock;
  private final Map<String, Followed> followed = new ConcurrentHashMap<>();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile boolean running;
  private volatile long position = -1;
  private Instant nextSweep = Instant.MIN; // the dispatcher thread's alone

  private record Followed(Following following, Instant until, Runnable onOverdue) {}

  Replies(Consumer<byte[], byte[]> consumer, int homePartition, InstantSource clock) {
    this.consumer = consumer;
    this.clock = clock;
    this.home = new TopicPartition(Topics.REPLIES, homePartition);
  }

  /** Where responses of this instance are answered. */
  public int homePartition() {
    return home.partition();
  }

  /** An offset at or below which no event of a response lies that is created from now on. */
  public long offsetBound() {
    return Math.max(0, position);
  }

  /**
   * Events of {@code responseId} go to {@code listener} until its terminal one or a leave. One that
   * is for the response's own client alone is handed on, and those after it are too.
   *
   * @param until after this nothing is to come any more, and it is forgotten
   * @param onOverdue called when it is forgotten, on the thread of the events
   */
  public void follow(String responseId, Instant until, ReplyListener listener, Runnable onOverdue) {
    var following = new Following(listener, 0); // 0 is our own event
    followed.put(responseId, new Followed(following, until, onOverdue));
  }

  /** How many responses are followed. */
  public int current() {
    return followed.size();
  }

  public void leave(String responseId) {
    followed.remove(responseId);
  }

  /** Whether events are being read. */
  public boolean isReading() {
    return running && position >= 0;
  }

  @Override
  public void start() {
    running = true;
    Thread.ofPlatform().name("replies").daemon().start(this::loop);
  }

  @Override
  public void stop() {
    running = false;
    consumer.wakeup();
    try {
      if (!stopped.await(5, TimeUnit.SECONDS)) log.atWarn().log("Replies did not stop in time");
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  private void loop() {
    try (consumer) {
      consumer.assign(List.of(home));
      consumer.seekToEnd(List.of(home));
      while (running) read();
    } catch (WakeupException stop) {
      // Woken to stop.
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      stopped.countDown();
    }
  }

  private void read() throws InterruptedException {
    try {
      if (position < 0) position = consumer.position(home);
      for (var published : consumer.poll(POLL)) {
        dispatch(Reply.of(published));
        position = published.offset() + 1;
      }
      sweep(clock.instant());
    } catch (WakeupException stop) {
      throw stop;
    } catch (KafkaException | IllegalArgumentException unreadable) {
      log.atWarn()
          .addKeyValue("cause", unreadable.toString())
          .log("Replies cannot be read; trying again");
      TimeUnit.MILLISECONDS.sleep(AFTER_FAILURE.toMillis());
    }
  }

  private void dispatch(Reply reply) {
    var response = followed.get(reply.responseId());
    if (response == null || !response.following.hear(reply)) return;
    if (!reply.isForOwnClient()) followed.remove(reply.responseId());
  }

  /** A response whose end never came, for whatever reason, must not be waited for for ever. */
  private void sweep(Instant now) {
    if (now.isBefore(nextSweep)) return;
    nextSweep = now.plus(SWEEP_EVERY);
    followed.forEach((responseId, response) -> {
      if (response.until.isBefore(now) && followed.remove(responseId, response))
        response.onOverdue.run();
    });
  }
}
