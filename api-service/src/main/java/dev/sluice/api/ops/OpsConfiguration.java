package dev.sluice.api.ops;

import dev.sluice.api.settings.Settings;
import dev.sluice.common.budget.BudgetProperties;
import dev.sluice.common.message.MessageCodec;
import io.lettuce.core.api.StatefulRedisConnection;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(OpsProperties.class)
class OpsConfiguration {
  @Bean
  Backlogs backlogs(
      KafkaAdmin admin,
      ConsumerFactory<byte[], byte[]> consumers,
      OpsProperties properties,
      BudgetProperties budget) {
    return new Backlogs(
        Admin.create(admin.getConfigurationProperties()),
        () -> reader(consumers),
        properties.workerGroup(),
        FleetWatch.lanes(budget.open()));
  }

  @Bean
  FleetStore fleetStore(StatefulRedisConnection<String, byte[]> redis, MessageCodec codec) {
    return new FleetStore(redis, codec);
  }

  @Bean(initMethod = "start")
  FleetPaces paces(FleetStore store, Settings settings, BudgetProperties budget) {
    return new FleetPaces(
        () -> store.read(List.of()).workers(),
        budget.open(),
        settings::limits,
        settings::isPaused,
        System::nanoTime);
  }

  @Bean
  FleetWatch fleetWatch(
      FleetStore store,
      Backlogs backlogs,
      Settings settings,
      BudgetProperties budget,
      LetterIndex letters,
      InstantSource clock) {
    return new FleetWatch(
        store, backlogs, settings, budget.open(), letters::countOpen, clock, System::nanoTime);
  }

  @Bean
  LetterIndex letterIndex(MessageCodec codec, MeterRegistry registry) {
    var letters = new LetterIndex(codec);
    Gauge.builder("sluice.dead.letters", letters, LetterIndex::countOpen)
        .description("Dead letters about which nobody has decided")
        .register(registry);
    return letters;
  }

  @Bean(initMethod = "start")
  GoneWorkers goneWorkers(FleetWatch fleet, Settings settings, MeterRegistry registry) {
    return new GoneWorkers(fleet::workers, settings, System::nanoTime, registry);
  }

  /** For one look at a few records. */
  private static Consumer<byte[], byte[]> reader(ConsumerFactory<byte[], byte[]> consumers) {
    var overrides = new Properties();
    overrides.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    overrides.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    overrides.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 1_024);
    return consumers.createConsumer(null, null, null, overrides);
  }
}
