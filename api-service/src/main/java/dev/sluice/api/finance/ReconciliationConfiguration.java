package dev.sluice.api.finance;

import dev.sluice.common.message.MessageCodec;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaTemplate;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ReconciliationProperties.class)
class ReconciliationConfiguration {
  @Bean
  ReconciliationQueue reconciliationQueue(KafkaTemplate<byte[], byte[]> kafka, MessageCodec codec) {
    return new ReconciliationQueue(kafka, codec);
  }
}
