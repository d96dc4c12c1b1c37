package dev.sluice.api.replies;

import dev.sluice.common.topic.TopicsProperties;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.Properties;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ConsumerFactory;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RepliesProperties.class)
class RepliesConfiguration {
  @Bean
  Replies replies(
      ConsumerFactory<byte[], byte[]> consumers,
      RepliesProperties properties,
      TopicsProperties topics,
      RandomGenerator random,
      InstantSource clock,
      MeterRegistry registry) {
    var chosen = properties.homePartition();
    int home = chosen != null ? chosen : random.nextInt(topics.replyPartitions());
    if (home >= topics.replyPartitions())
      throw new IllegalArgumentException(
          "set sluice.replies.home-partition (SLUICE_REPLIES_HOMEPARTITION) below"
              + " sluice.topics.reply-partitions, which is "
              + topics.replyPartitions());
    var replies = new Replies(consumer(consumers), home, clock);
    Gauge.builder("sluice.replies.followed", replies, Replies::current)
        .description("Responses of this instance that have not ended")
        .register(registry);
    return replies;
  }

  @Bean
  Visits visits(
      ConsumerFactory<byte[], byte[]> consumers,
      RepliesProperties properties,
      TopicsProperties topics,
      Redrives redrives,
      MeterRegistry registry) {
    var visits =
        new Visits(
            () -> consumer(consumers), redrives, properties.maxVisits(), topics.replyRetention());
    Gauge.builder("sluice.replies.visits", visits, Visits::current)
        .description("Clients that have come back to a response and read it again")
        .register(registry);
    return visits;
  }

  private static Consumer<byte[], byte[]> consumer(ConsumerFactory<byte[], byte[]> consumers) {
    var overrides = new Properties();
    overrides.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    overrides.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 500);
    return consumers.createConsumer(null, null, null, overrides);
  }

  @Bean
  HealthIndicator repliesHealthIndicator(Replies replies) {
    return () ->
        replies.isReading()
            ? Health.up().withDetail("home_partition", replies.homePartition()).build()
            : Health.outOfService()
                .withDetail("reason", "the home partition is not read yet")
                .build();
  }
}
