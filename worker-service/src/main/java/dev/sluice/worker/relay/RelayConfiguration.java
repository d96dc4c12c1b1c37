package dev.sluice.worker.relay;

import dev.sluice.common.trace.Traces;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaTemplate;

@Configuration(proxyBeanMethods = false)
class RelayConfiguration {
  @Bean
  Relays relays(
      KafkaTemplate<byte[], byte[]> kafka,
      ConsumerFactory<byte[], byte[]> consumers,
      Traces traces) {
    return new Relays(kafka, new ReplyLog(consumers), traces);
  }
}
