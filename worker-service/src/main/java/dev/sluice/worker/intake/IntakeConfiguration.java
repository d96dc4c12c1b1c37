package dev.sluice.worker.intake;

import dev.sluice.common.budget.BudgetProperties;
import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.Priority;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ConsumerFactory;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(IntakeProperties.class)
class IntakeConfiguration {
  @Bean
  Intake intake(
      ConsumerFactory<byte[], byte[]> consumers,
      BudgetProperties budget,
      RequestHandler handler,
      IntakeProperties properties,
      MeterRegistry registry,
      InstantSource clock) {
    var lanes =
        budget.open().stream()
            .flatMap(pool ->
                Arrays.stream(Priority.values()).map(priority -> new Lane(pool.name(), priority)))
            .toList();
    var overrides = new Properties();
    overrides.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "consumer");
    // Spreads each lane over all workers. The broker's usual choice, uniform, evens out the sum
    // over
    // all lanes: with several pools a lane then lands on a few workers, and the others idle.
    overrides.put(ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG, "range");
    overrides.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, properties.maxPollRecords());
    overrides.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    overrides.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    var consumer = consumers.createConsumer(properties.group(), null, null, overrides);
    var meters = new IntakeMeters(registry);
    meters.watch(lanes, handler::oldestWaiting, clock);
    return new Intake(consumer, lanes, handler, properties, meters);
  }

  @Bean
  HealthIndicator intakeHealthIndicator(Intake intake) {
    return () ->
        intake.isRunning() && (intake.isAssigned() || intake.isDrained())
            ? Health.up().withDetail("drained", intake.isDrained()).build()
            : Health.outOfService()
                .withDetail("reason", "this worker has no partitions yet")
                .build();
  }
}
