package dev.sluice.worker.reconciliation;

import com.openai.client.okhttp.OpenAIOkHttpClient;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.worker.background.PeriodicChores;
import dev.sluice.worker.background.PeriodicChores.Chore;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.backoff.ExponentialBackOff;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ReconciliationProperties.class)
class ReconciliationConfiguration {
  private static final Logger log = LoggerFactory.getLogger(ReconciliationConfiguration.class);

  // By then the topic's partition is somebody's
  private static final Duration FIRST_AFTER = Duration.ofSeconds(30);

  // Both reports with all their retries stay well within the time that Kafka gives a listener
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(15);
  private static final int RETRIES = 3;

  @Bean
  ReconciliationMeters reconciliationMeters(MeterRegistry registry) {
    return new ReconciliationMeters(registry);
  }

  @Bean
  Reconciliation reconciliation(
      ReconciliationProperties properties,
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      ReconciliationMeters meters,
      InstantSource clock) {
    var store = new ReconciliationStore(jdbc, new TransactionTemplate(transactions));
    var provider =
        properties.mayAsk() ? Optional.of(provider(properties)) : Optional.<ProviderApi>empty();
    if (provider.isEmpty())
      log.info(
          "No admin key: the provider is not asked for its figures, which can be brought along by file. SLUICE_RECONCILIATION_ADMINKEY changes that");
    return new Reconciliation(provider, store, meters, properties, clock);
  }

  static ProviderApi provider(ReconciliationProperties properties) {
    return new ProviderApi(
        OpenAIOkHttpClient.builder()
            .adminApiKey(properties.adminKey())
            .baseUrl(properties.baseUrl())
            .maxRetries(RETRIES)
            .timeout(CALL_TIMEOUT)
            .build());
  }

  @Bean
  ReconciliationListener reconciliationListener(Reconciliation reconciliation, MessageCodec codec) {
    return new ReconciliationListener(reconciliation, codec);
  }

  @Bean
  PeriodicChores reconciliationChores(
      Reconciliation reconciliation,
      KafkaListenerEndpointRegistry listeners,
      ReconciliationProperties properties,
      ReconciliationMeters meters) {
    var schedule =
        new ReconciliationSchedule(
            reconciliation,
            () -> {
              var container = listeners.getListenerContainer(ReconciliationListener.ID);
              var assigned = container == null ? null : container.getAssignedPartitions();
              return assigned != null && !assigned.isEmpty();
            },
            meters);
    return new PeriodicChores(
        "reconciliation",
        List.of(new Chore("reconciliation", FIRST_AFTER, properties.every(), schedule::turn)));
  }

  /** One message at a time, since one may take a minute; tried again until Postgres is there. */
  @Bean
  ConcurrentKafkaListenerContainerFactory<byte[], byte[]> reconciliationListeners(
      ConsumerFactory<byte[], byte[]> consumers) {
    var configuration = new HashMap<>(consumers.getConfigurationProperties());
    configuration.putAll(
        Map.of(
            ConsumerConfig.GROUP_PROTOCOL_CONFIG, "consumer",
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1));
    var factory = new ConcurrentKafkaListenerContainerFactory<byte[], byte[]>();
    factory.setConsumerFactory(new DefaultKafkaConsumerFactory<>(configuration));
    var backOff = new ExponentialBackOff(500, 2);
    backOff.setMaxInterval(10_000);
    factory.setCommonErrorHandler(new DefaultErrorHandler(backOff));
    return factory;
  }
}
