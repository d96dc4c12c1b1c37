package dev.sluice.worker.ledger;

import dev.sluice.common.message.MessageCodec;
import java.time.InstantSource;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.backoff.ExponentialBackOff;

@Configuration(proxyBeanMethods = false)
@EntityScan(basePackageClasses = RateCard.class)
@EnableJpaRepositories(considerNestedRepositories = true)
class LedgerConfiguration {
  @Bean
  UsageLedger usageLedger(
      KafkaTemplate<byte[], byte[]> kafka, MessageCodec codec, InstantSource clock) {
    return new UsageLedger(kafka, codec, clock);
  }

  @Bean
  LedgerWriter ledgerWriter(
      JdbcTemplate jdbc,
      PlatformTransactionManager transactions,
      RateCards rateCards,
      KafkaTemplate<byte[], byte[]> kafka,
      MessageCodec codec,
      InstantSource clock) {
    return new LedgerWriter(
        jdbc, new TransactionTemplate(transactions), rateCards, kafka, codec, clock);
  }

  @Bean
  SettingsAudit settingsAudit(JdbcTemplate jdbc, MessageCodec codec) {
    return new SettingsAudit(jdbc, codec);
  }

  /** Batches; a failed one is tried again for ever, since dropping it would lose money's trace. */
  @Bean
  ConcurrentKafkaListenerContainerFactory<byte[], byte[]> ledgerListeners(
      ConsumerFactory<byte[], byte[]> consumers) {
    var configuration = new java.util.HashMap<>(consumers.getConfigurationProperties());
    configuration.putAll(
        Map.of(
            ConsumerConfig.GROUP_PROTOCOL_CONFIG, "consumer",
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 500));
    var factory = new ConcurrentKafkaListenerContainerFactory<byte[], byte[]>();
    factory.setConsumerFactory(new DefaultKafkaConsumerFactory<>(configuration));
    factory.setBatchListener(true);
    var backOff = new ExponentialBackOff(500, 2);
    backOff.setMaxInterval(10_000);
    factory.setCommonErrorHandler(new DefaultErrorHandler(backOff));
    return factory;
  }
}
