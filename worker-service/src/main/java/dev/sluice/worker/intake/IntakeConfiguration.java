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
  // What the client holds of each partition beyond what it has handed out; a larger record passes
  private static final int FETCHED_AHEAD = 256 * 1024;

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
    // over all lanes: with several pools a lane then lands on a few workers, and the others idle.
    overrides.put(ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG, "range");
    overrides.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, properties.batch(lanes));
    overrides.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCHED_AHEAD);
    overrides.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    overrides.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    var consumer = consumers.createConsumer(properties.group(), null, null, overrides);
    var meters = new IntakeMeters(registry);
    var intake = new Intake(consumer, lanes, handler, properties, meters);
    meters.watch(lanes, lane -> intake.activity(lane).oldest(), clock);
    return intake;
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
