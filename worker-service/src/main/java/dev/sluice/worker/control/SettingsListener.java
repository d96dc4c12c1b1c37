package dev.sluice.worker.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.message.MalformedMessageException;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.message.SettingChange;
import dev.sluice.common.topic.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
 * Reads what operators have set, from the first setting on, so that it outlives a restart. One
 * platform thread owns the consumer and the settings.
 */
final class SettingsListener implements SmartLifecycle {
  /*
   * What was set and taken back in the past must not be done again at each start: nothing is applied
   * before the topic has been read to where its end was. The intake starts after that, so that a
   * worker which is to be drained never joins.
   */
  private static final Logger log = LoggerFactory.getLogger(SettingsListener.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
  private static final Duration KNOWN_WITHIN = Duration.ofSeconds(20);
  private static final TopicPartition SETTINGS = new TopicPartition(Topics.SETTINGS, 0);

  private final ConsumerFactory<byte[], byte[]> consumers;
  private final MessageCodec codec;
  private final java.util.function.Consumer<Collection<SettingChange>> apply;
  private final Map<String, SettingChange> newest = new HashMap<>(); // the thread's alone
  private final CountDownLatch known = new CountDownLatch(1);
  private volatile boolean running;
  private volatile @Nullable Consumer<byte[], byte[]> reading;

  /**
   * @param apply is given the newest setting of each key, on this listener's thread
   */
  SettingsListener(
      ConsumerFactory<byte[], byte[]> consumers,
      MessageCodec codec,
      java.util.function.Consumer<Collection<SettingChange>> apply) {
    this.consumers = consumers;
    this.codec = codec;
    this.apply = apply;
  }

  /** Returns when the settings are applied, or Kafka has not told them for a while. */
  @Override
  public void start() {
    running = true;
    Thread.ofPlatform().name("settings").daemon().start(this::loop);
    try {
      if (!known.await(KNOWN_WITHIN.toMillis(), TimeUnit.MILLISECONDS))
        log.atWarn().log("Settings are not known yet; this worker starts with what is configured");
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void stop() {
    running = false;
    var consumer = reading;
    if (consumer != null) consumer.wakeup();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Before the intake, which has the default phase. */
  @Override
  public int getPhase() {
    return DEFAULT_PHASE - 1;
  }

  private void loop() {
    while (running)
      try (var consumer = consumers.createConsumer(null, null)) {
        reading = consumer;
        read(consumer);
      } catch (WakeupException stopped) {
        return;
      } catch (KafkaException unavailable) {
        log.atWarn()
            .addKeyValue("cause", unavailable.toString())
            .log("Settings cannot be read; trying again");
        try {
          Thread.sleep(AFTER_FAILURE);
        } catch (InterruptedException stopped) {
          return;
        }
      }
  }

  private void read(Consumer<byte[], byte[]> consumer) {
    consumer.assign(List.of(SETTINGS));
    consumer.seekToBeginning(List.of(SETTINGS));
    long end = consumer.endOffsets(List.of(SETTINGS)).getOrDefault(SETTINGS, 0L);
    while (running) {
      boolean isKnown = consumer.position(SETTINGS) >= end;
      if (isKnown && known.getCount() > 0) {
        apply.accept(newest.values());
        known.countDown();
      }
      var read = consumer.poll(POLL);
      read.forEach(this::note);
      if (isKnown && !read.isEmpty()) apply.accept(newest.values());
    }
  }

  private void note(ConsumerRecord<byte[], byte[]> setting) {
    try {
      var key = new String(setting.key(), UTF_8);
      if (setting.value() == null) newest.remove(key);
      else newest.put(key, codec.decode(setting.value(), SettingChange.class));
    } catch (MalformedMessageException malformed) {
      log.atWarn()
          .addKeyValue("offset", setting.offset())
          .addKeyValue("reason", malformed.getMessage())
          .log("A setting cannot be read; it is passed over");
    }
  }
}
