package dev.sluice.api;

import dev.sluice.common.budget.BudgetProperties;
import dev.sluice.common.config.TracingProperties;
import dev.sluice.common.id.ResponseIds;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.topic.TopicCatalog;
import dev.sluice.common.topic.TopicsProperties;
import dev.sluice.common.trace.Traces;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.opentelemetry.api.OpenTelemetry;
import java.security.SecureRandom;
import java.time.Duration;
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

/** Starts an api instance; what a request goes through stands in {@code admission}. */
@SpringBootApplication
@EnableConfigurationProperties({
  TopicsProperties.class,
  TracingProperties.class,
  IdProperties.class
})
class ApiService {
  public static void main(String[] arguments) {
    SpringApplication.run(ApiService.class, arguments);
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
  ResponseIds responseIds(IdProperties properties, RandomGenerator random) {
    return new ResponseIds(properties.secret(), random);
  }

  @Bean
  Traces traces(TracingProperties tracing, ObjectProvider<OpenTelemetry> telemetry) {
    return tracing.endpoint() == null ? Traces.OFF : new Traces(telemetry.getObject());
  }

  @Bean(destroyMethod = "shutdown")
  RedisClient redisClient(
      @Value("${spring.data.redis.url}") String url,
      @Value("${spring.data.redis.timeout}") Duration timeout) {
    var uri = RedisURI.create(url);
    uri.setTimeout(timeout);
    var client = RedisClient.create(uri);
    // A client is told at once that Redis is away, rather than kept waiting until it is back.
    client.setOptions(
        ClientOptions.builder()
            .timeoutOptions(TimeoutOptions.enabled())
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .build());
    return client;
  }

  /** For all whose keys are text and whose values are their own; commands of many are pipelined. */
  @Bean
  StatefulRedisConnection<String, byte[]> redisConnection(RedisClient redis) {
    return redis.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
  }

  @Bean
  KafkaAdmin.NewTopics topics(TopicsProperties topics, BudgetProperties budget) {
    return new KafkaAdmin.NewTopics(
        new TopicCatalog(topics).topics(budget.open()).toArray(NewTopic[]::new));
  }
}
