package dev.sluice.worker.control;

import dev.sluice.common.message.CancelRequest;
import dev.sluice.common.message.MalformedMessageException;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.core.ConsumerFactory;

/**
 * Reads every cancel, from the last hour on, and passes its request id on. Every worker reads all:
 * nobody knows who has the request. One platform thread owns the consumer.
 */
public final class CancelListener implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(CancelListener.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  private final ConsumerFactory<byte[], byte[]> consumers;
  private final MessageCodec codec;
  private final Consumer<String> cancel;
  private volatile boolean running;
  private volatile Thread thread = Thread.ofPlatform().name("cancels").unstarted(() -> {});

  CancelListener(
      ConsumerFactory<byte[], byte[]> consumers, MessageCodec codec, Consumer<String> cancel) {
    this.consumers = consumers;
    this.codec = codec;
    this.cancel = cancel;
  }

  @Override
  public void start() {
    running = true;
    thread = Thread.ofPlatform().name("cancels").daemon().start(this::loop);
  }

  @Override
  public void stop() {
    running = false;
    thread.interrupt();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  private void loop() {
    while (running)
      try (var consumer = consumers.createConsumer(null, null)) {
        var partition = new TopicPartition(Topics.CONTROL, 0);
        consumer.assign(List.of(partition));
        // A cancel may precede its request in this worker: the request may still be on its lane.
        consumer.seekToBeginning(List.of(partition));
        while (running) consumer.poll(POLL).forEach(control -> read(control.value()));
      } catch (WakeupException | org.apache.kafka.common.errors.InterruptException stopped) {
        if (running) Thread.currentThread().interrupt();
        return;
      } catch (KafkaException unavailable) {
        log.atWarn()
            .addKeyValue("cause", unavailable.toString())
            .log("Cancels cannot be read; trying again");
        try {
          Thread.sleep(AFTER_FAILURE);
        } catch (InterruptedException stopped) {
          return;
        }
      }
  }

  private void read(byte[] value) {
    try {
      cancel.accept(codec.decode(value, CancelRequest.class).requestId());
    } catch (MalformedMessageException malformed) {
      log.atWarn()
          .addKeyValue("reason", malformed.getMessage())
          .log("A control message cannot be read; it is passed over");
    }
  }
}
