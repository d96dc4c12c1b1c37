package dev.sluice.api.enqueue;

import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.trace.Traces;
import java.time.InstantSource;
import java.util.HashMap;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.ProducerFactory;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(EnqueueProperties.class)
class EnqueueConfiguration {
  @Bean
  RequestQueue requestQueue(
      ProducerFactory<byte[], byte[]> producers,
      EnqueueProperties properties,
      MessageCodec codec,
      InstantSource clock,
      Traces traces) {
    int timeout = (int) properties.timeout().toMillis();
    var configuration = new HashMap<>(producers.getConfigurationProperties());
    configuration.put(ProducerConfig.ACKS_CONFIG, "all");
    configuration.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    configuration.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, timeout);
    configuration.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, timeout);
    configuration.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, timeout / 2);
    var producer = new DefaultKafkaProducerFactory<byte[], byte[]>(configuration).createProducer();
    return new RequestQueue(producer, codec, clock, traces);
  }
}
