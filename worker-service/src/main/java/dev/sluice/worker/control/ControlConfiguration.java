package dev.sluice.worker.control;

import dev.sluice.common.message.MessageCodec;
import dev.sluice.worker.budget.Budget;
import dev.sluice.worker.ledger.SpendAccounts;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.listener.ContainerProperties;

@Configuration(proxyBeanMethods = false)
class ControlConfiguration {
  @Bean
  CancelListener cancelListener(
      ConsumerFactory<byte[], byte[]> consumers, MessageCodec codec, Cancels cancels) {
    return new CancelListener(consumers, codec, cancels::cancel);
  }

  @Bean
  SettingsListener settingsListener(MessageCodec codec, Budget budget, SpendAccounts spend) {
    return new SettingsListener(codec, budget, spend);
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
