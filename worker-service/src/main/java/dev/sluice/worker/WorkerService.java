package dev.sluice.worker;

import dev.sluice.common.budget.BudgetProperties;
import dev.sluice.common.config.TracingProperties;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.topic.TopicCatalog;
import dev.sluice.common.topic.TopicsProperties;
import dev.sluice.common.trace.Traces;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.TimeoutOptions;
import io.opentelemetry.api.OpenTelemetry;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.core.KafkaAdmin;

/** Starts a worker; what a request goes through stands in {@code flow}. */
@SpringBootApplication
@EnableConfigurationProperties({TopicsProperties.class, TracingProperties.class})
class WorkerService {
  public static void main(String[] arguments) {
    SpringApplication.run(WorkerService.class, arguments);
  }

  @Bean
  InstantSource clock() {
    return InstantSource.system();
  }

  @Bean
  RandomGenerator random() {
    return new SecureRandom();
  }

  @Bean
  MessageCodec messageCodec() {
    return new MessageCodec();
  }

  @Bean
  KafkaAdmin.NewTopics topics(TopicsProperties topics, BudgetProperties budget) {
    return new KafkaAdmin.NewTopics(
        new TopicCatalog(topics).topics(budget.open()).toArray(NewTopic[]::new));
  }

  @Bean
  Traces traces(TracingProperties tracing, ObjectProvider<OpenTelemetry> telemetry) {
    return tracing.endpoint() == null ? Traces.OFF : new Traces(telemetry.getObject());
  }

  @Bean(destroyMethod = "shutdown")
  RedisClient redisClient(@Value("${spring.data.redis.url}") String url) {
    var client = RedisClient.create(url);
    // Without a timeout a command that was sent before the connection broke would wait for ever.
    client.setOptions(
        ClientOptions.builder()
            .timeoutOptions(TimeoutOptions.enabled())
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .build());
    return client;
  }
}
