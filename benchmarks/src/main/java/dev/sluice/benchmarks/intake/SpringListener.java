package dev.sluice.benchmarks.intake;

import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.AcknowledgingMessageListener;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.support.Acknowledgment;

/** The baselines: what {@code @KafkaListener} makes, with its defaults where nothing is said. */
final class SpringListener {
  private SpringListener() {}

  static void blocking(String kafka, String topic, Work work) {
    var properties = of(topic);
    properties.setMessageListener(
        (MessageListener<byte[], byte[]>) record -> on(work, record.value()));
    start(kafka, properties, IntakeBenchmark.PARTITIONS);
  }

  /** One consumer, so that one poll can fetch as many records as may run. */
  static void asyncAcks(String kafka, String topic, Work work) {
    var threads = Executors.newVirtualThreadPerTaskExecutor();
    var properties = of(topic);
    properties.setAckMode(ContainerProperties.AckMode.MANUAL);
    properties.setAsyncAcks(true);
    properties.setMessageListener(
        (AcknowledgingMessageListener<byte[], byte[]>)
            (record, end) -> start(threads, work, record.value(), end));
    start(kafka, properties, 1);
  }

  private static void start(
      ExecutorService threads, Work work, byte[] value, @Nullable Acknowledgment end) {
    threads.execute(() -> {
      on(work, value);
      if (end != null) end.acknowledge();
    });
  }

  private static void on(Work work, byte[] value) {
    try {
      work.on(value);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** A group of its own: one that ended without a word would be waited for. */
  private static ContainerProperties of(String topic) {
    var properties = new ContainerProperties(topic);
    properties.setGroupId(topic);
    return properties;
  }

  private static void start(String kafka, ContainerProperties properties, int consumers) {
    var factory =
        new DefaultKafkaConsumerFactory<byte[], byte[]>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                kafka,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                IntakeBenchmark.IN_FLIGHT,
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class));
    var container = new ConcurrentMessageListenerContainer<>(factory, properties);
    container.setConcurrency(consumers);
    container.start();
  }
}
