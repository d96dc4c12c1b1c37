package dev.sluice.worker.deadletter;

import dev.sluice.common.message.MessageCodec;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaTemplate;

@Configuration(proxyBeanMethods = false)
class DeadLetterConfiguration {
  @Bean
  DeadLetters deadLetters(KafkaTemplate<byte[], byte[]> kafka, MessageCodec codec) {
    return new DeadLetters(kafka, codec);
  }

  @Bean
  Redriving redriving(
      KafkaTemplate<byte[], byte[]> kafka,
      ConsumerFactory<byte[], byte[]> consumers,
      MessageCodec codec,
      InstantSource clock) {
    return new Redriving(kafka, consumers, codec, clock);
  }
}
