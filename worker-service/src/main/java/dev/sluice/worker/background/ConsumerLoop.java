package dev.sluice.worker.background;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.core.ConsumerFactory;

/**
 * Reads a partition from its beginning on, outside of any group, on one thread that owns the
 * consumer. After a failure of Kafka it begins anew: what it reads may come more than once.
 */
public final class ConsumerLoop implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(ConsumerLoop.class);

  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
  private static final Duration STOPS_WITHIN = Duration.ofSeconds(5);

  private final String name;
  private final ConsumerFactory<byte[], byte[]> consumers;
  private final TopicPartition partition;
  private final java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> reader;
  private volatile @Nullable Run run;

  /**
   * @param name of the thread
   * @param reader runs on the thread, and does not throw
   */
  public ConsumerLoop(
      String name,
      ConsumerFactory<byte[], byte[]> consumers,
      TopicPartition partition,
      java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    this.name = name;
    this.consumers = consumers;
    this.partition = partition;
    this.reader = reader;
  }

  @Override
  public void start() {
    var started = new Run();
    run = started;
    started.thread.start();
  }

  @Override
  public void stop() {
    var running = run;
    run = null;
    if (running != null) running.end();
  }

  @Override
  public boolean isRunning() {
    return run != null;
  }

  /** From a start to its stop. */
  private final class Run {
    private final Thread thread = Thread.ofPlatform().name(name).daemon().unstarted(this::loop);
    private final CountDownLatch stopped = new CountDownLatch(1);

    // The thread's own; others only wake it up
    private volatile @Nullable Consumer<byte[], byte[]> consumer;

    /** An interrupt would end it too, but Kafka calls that an error. */
    void end() {
      stopped.countDown();
      var polling = consumer;
      if (polling != null) polling.wakeup();
      try {
        thread.join(STOPS_WITHIN);
      } catch (InterruptedException hurried) {
        Thread.currentThread().interrupt();
      }
    }

    private boolean isStopped() {
      return stopped.getCount() == 0;
    }

    private void loop() {
      while (!isStopped())
        try (var made = consumers.createConsumer(null, null)) {
          consumer = made;
          made.assign(List.of(partition));
          made.seekToBeginning(List.of(partition));
          while (!isStopped()) made.poll(POLL).forEach(reader);
        } catch (WakeupException woken) {
          // Stopped
        } catch (KafkaException unavailable) {
          log.atWarn()
              .addKeyValue("loop", name)
              .addKeyValue("cause", unavailable.toString())
              .log("A topic cannot be read; trying again");
          pause();
        } finally {
          consumer = null;
        }
    }

    private void pause() {
      try {
        var _ = stopped.await(AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException unexpected) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
