package dev.sluice.api.settings;

import dev.sluice.common.topic.Topics;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.core.ConsumerFactory;

/**
 * Reads what is set before the first request is taken: an instance that has just started must not
 * admit what a cap refuses. What is set later comes by the listener.
 */
final class SettingsAtStart implements SmartLifecycle {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration WITHIN = Duration.ofSeconds(30);

  private final Settings settings;
  private final ConsumerFactory<byte[], byte[]> consumers;
  private volatile boolean running;

  SettingsAtStart(Settings settings, ConsumerFactory<byte[], byte[]> consumers) {
    this.settings = settings;
    this.consumers = consumers;
  }

  /** Before the web server, which starts at a late phase. */
  @Override
  public int getPhase() {
    return 0;
  }

  @Override
  public void start() {
    var partition = new TopicPartition(Topics.SETTINGS, 0);
    try (var consumer = consumers.createConsumer(null, null)) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition), WITHIN).getOrDefault(partition, 0L);
      while (consumer.position(partition, WITHIN) < end)
        consumer.poll(POLL).forEach(settings::read);
    }
    running = true;
  }

  @Override
  public void stop() {
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
