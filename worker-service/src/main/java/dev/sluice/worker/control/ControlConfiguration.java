package dev.sluice.worker.control;

import dev.sluice.common.message.MessageCodec;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ConsumerFactory;

@Configuration(proxyBeanMethods = false)
class ControlConfiguration {
  @Bean
  CancelListener cancelListener(
      ConsumerFactory<byte[], byte[]> consumers, MessageCodec codec, Cancels cancels) {
    return new CancelListener(consumers, codec, cancels::cancel);
  }
}
