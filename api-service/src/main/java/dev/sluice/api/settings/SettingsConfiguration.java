package dev.sluice.api.settings;

import dev.sluice.common.message.MessageCodec;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.ContainerProperties;

@Configuration(proxyBeanMethods = false)
class SettingsConfiguration {
  @Bean
  Settings settings(KafkaTemplate<byte[], byte[]> kafka, MessageCodec codec) {
    return new Settings(kafka, codec);
  }

  @Bean
  SettingsAtStart settingsAtStart(Settings settings, ConsumerFactory<byte[], byte[]> consumers) {
    return new SettingsAtStart(settings, consumers);
  }

  /** Every instance reads all; nobody's offsets are kept. */
  @Bean
  ConcurrentKafkaListenerContainerFactory<byte[], byte[]> broadcastListeners(
      ConsumerFactory<byte[], byte[]> consumers) {
    var factory = new ConcurrentKafkaListenerContainerFactory<byte[], byte[]>();
    factory.setConsumerFactory(consumers);
    factory.getContainerProperties().setAckMode(ContainerProperties.AckMode.MANUAL);
    return factory;
  }
}
