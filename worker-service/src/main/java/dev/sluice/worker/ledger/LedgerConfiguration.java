package dev.sluice.worker.ledger;

import dev.sluice.common.message.MessageCodec;
import dev.sluice.worker.background.PeriodicChores;
import dev.sluice.worker.background.PeriodicChores.Chore;
import io.lettuce.core.RedisClient;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.flywaydb.core.Flyway;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.backoff.ExponentialBackOff;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(LedgerProperties.class)
@EntityScan(basePackageClasses = RateCard.class)
@EnableJpaRepositories(considerNestedRepositories = true)
class LedgerConfiguration {
  private static final int MONTHS_AHEAD = 3;
  private static final Duration PARTITIONS_EVERY = Duration.ofDays(1);
  private static final Duration PRICES_EVERY = Duration.ofMinutes(1);
  private static final Duration LAG_EVERY = Duration.ofSeconds(2);
  // It waits by itself until there is something to do
  private static final Duration SPEND_AT_ONCE = Duration.ofMillis(1);
  // A transaction costs the same for one event as for hundreds. Nobody waits for the ledger, so
  // events are gathered for a moment, or until there are some hundreds.
  private static final Duration GATHERING = Duration.ofMillis(250);
  private static final int FETCH_BYTES = 256 * 1_024;

  @Bean
  UsageLedger usageLedger(
      KafkaTemplate<byte[], byte[]> kafka, MessageCodec codec, InstantSource clock) {
    return new UsageLedger(kafka, codec, clock);
  }

  @Bean
  LedgerStore ledgerStore(JdbcClient jdbc) {
    return new LedgerStore(jdbc);
  }

  @Bean
  LedgerMeters ledgerMeters(MeterRegistry registry) {
    return new LedgerMeters(registry);
  }

  /** As the owner of the tables, like the migrations: the writer may not touch a price. */
  @Bean
  @DependsOnDatabaseInitialization
  RateCardImport rateCardImport(Flyway flyway, LedgerProperties properties) {
    var owner = Objects.requireNonNull(flyway.getConfiguration().getDataSource());
    var imported = new RateCardImport(owner);
    imported.add(RateCardFile.read(properties.rateCards()));
    return imported;
  }

  @Bean(destroyMethod = "close")
  Admin ledgerAdmin(KafkaAdmin kafka) {
    return Admin.create(kafka.getConfigurationProperties());
  }

  @Bean
  LedgerLag ledgerLag(
      Admin ledgerAdmin,
      KafkaListenerEndpointRegistry listeners,
      LedgerMeters meters,
      InstantSource clock) {
    var lag =
        new LedgerLag(
            ledgerAdmin,
            LedgerWriter.GROUP,
            () -> {
              var container = listeners.getListenerContainer(LedgerWriter.LISTENER);
              var assigned = container == null ? null : container.getAssignedPartitions();
              return assigned == null ? List.of() : List.copyOf(assigned);
            },
            clock);
    meters.watch(lag);
    return lag;
  }

  @Bean
  LedgerWriter ledgerWriter(
      LedgerStore store,
      PlatformTransactionManager transactions,
      RateCards rateCards,
      MessageCodec codec,
      LedgerMeters meters,
      LedgerLag lag,
      SpendAccounts spend,
      InstantSource clock) {
    return new LedgerWriter(
        store,
        new TransactionTemplate(transactions),
        rateCards,
        codec,
        meters,
        lag,
        spend::written,
        clock);
  }

  @Bean
  SpendAccounts spendAccounts(
      JdbcClient jdbc,
      Admin ledgerAdmin,
      RedisClient redis,
      LedgerProperties properties,
      InstantSource clock) {
    return new SpendAccounts(
        new SpendSums(jdbc),
        new LedgerWatermark(ledgerAdmin, clock),
        redis.connect(),
        properties.spendEvery(),
        clock);
  }

  @Bean
  PeriodicChores spendChores(SpendAccounts spend) {
    return new PeriodicChores(
        "spend-accounts", List.of(Chore.every(SPEND_AT_ONCE, "spend accounts", spend::turn)));
  }

  /** The coming months' partitions, the lag, late prices, lost attempts. */
  @Bean
  PeriodicChores ledgerChores(
      LedgerStore store,
      RunningRequests running,
      UsageLedger ledger,
      RateCards rateCards,
      PlatformTransactionManager transactions,
      LedgerMeters meters,
      LedgerLag lag,
      LedgerProperties properties,
      InstantSource clock) {
    var lost = new LostAttempts(store, running, ledger, meters, properties.lostGrace(), clock);
    var pricing = new LatePricing(store, rateCards, new TransactionTemplate(transactions), meters);
    return new PeriodicChores(
        "ledger-chores",
        List.of(
            Chore.every(
                PARTITIONS_EVERY, "partitions", () -> store.makePartitionsAhead(MONTHS_AHEAD)),
            Chore.every(LAG_EVERY, "lag", lag::sample),
            Chore.every(PRICES_EVERY, "late prices", pricing::run),
            Chore.every(properties.sweepEvery(), "lost attempts", lost::sweep)));
  }

  @Bean
  DeadLetterAudit deadLetterAudit(JdbcTemplate jdbc, MessageCodec codec) {
    return new DeadLetterAudit(jdbc, codec);
  }

  @Bean
  SettingsAudit settingsAudit(JdbcTemplate jdbc, MessageCodec codec) {
    return new SettingsAudit(jdbc, codec);
  }

  @Bean
  AddedRateCards addedRateCards(RateCardImport rateCards, MessageCodec codec) {
    return new AddedRateCards(rateCards, codec);
  }

  /**
   * Batches whose offsets are committed once they are written. A failed one is tried again for
   * ever, since dropping it would lose money's trace; meanwhile nothing is fetched.
   */
  @Bean
  ConcurrentKafkaListenerContainerFactory<byte[], byte[]> ledgerListeners(
      ConsumerFactory<byte[], byte[]> consumers, LedgerProperties properties) {
    var configuration = new HashMap<>(consumers.getConfigurationProperties());
    configuration.putAll(
        Map.of(
            ConsumerConfig.GROUP_PROTOCOL_CONFIG,
            "consumer",
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "earliest",
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
            properties.batch(),
            ConsumerConfig.FETCH_MIN_BYTES_CONFIG,
            FETCH_BYTES,
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
            (int) GATHERING.toMillis()));
    var factory = new ConcurrentKafkaListenerContainerFactory<byte[], byte[]>();
    factory.setConsumerFactory(new DefaultKafkaConsumerFactory<>(configuration));
    factory.setBatchListener(true);
    var backOff = new ExponentialBackOff(500, 2);
    backOff.setMaxInterval(10_000);
    factory.setCommonErrorHandler(new DefaultErrorHandler(backOff));
    return factory;
  }
}
