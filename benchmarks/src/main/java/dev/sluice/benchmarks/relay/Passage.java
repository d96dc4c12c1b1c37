package dev.sluice.benchmarks.relay;

import dev.sluice.api.replies.Redrives;
import dev.sluice.api.replies.Replies;
import dev.sluice.benchmarks.Run;
import dev.sluice.benchmarks.ServiceParts;
import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.topic.Priority;
import dev.sluice.common.topic.Topics;
import dev.sluice.common.topic.TopicsProperties;
import dev.sluice.common.trace.Traces;
import dev.sluice.worker.relay.Relays;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;

/**
 * The worker's package {@code relay} and the api-service's package {@code replies} as they are,
 * with Kafka between them.
 */
final class Passage implements AutoCloseable {
  private static final int PARTITIONS = 12; // as in the local stack
  private static final int HOME = 0;
  private static final long FENCE = 1;
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private final ConfigurableApplicationContext worker;
  private final ConfigurableApplicationContext api;
  private final Relays relays;
  private final Replies replies;

  @Configuration(proxyBeanMethods = false)
  @ComponentScan("dev.sluice.worker.relay")
  @ImportAutoConfiguration(KafkaAutoConfiguration.class)
  static class WorkerParts {}

  @Configuration(proxyBeanMethods = false)
  @ComponentScan("dev.sluice.api.replies")
  @ImportAutoConfiguration(KafkaAutoConfiguration.class)
  @EnableConfigurationProperties(TopicsProperties.class)
  static class ApiParts {}

  /**
   * Returns when replies are read.
   *
   * @param kafka its bootstrap address
   */
  Passage(Run run, String kafka) throws InterruptedException {
    createTopic(kafka);
    Map<String, Object> settings =
        Map.of(
            "spring.kafka.bootstrap-servers", kafka,
            "sluice.topics.reply-partitions", PARTITIONS,
            "sluice.replies.home-partition", HOME);
    worker =
        ServiceParts.start(run.home(), "worker-service", WorkerParts.class, settings, Traces.OFF);
    api =
        ServiceParts.start(
            run.home(),
            "api-service",
            ApiParts.class,
            settings,
            (Redrives) _ -> false,
            new SplittableRandom(),
            InstantSource.system(),
            new SimpleMeterRegistry());
    relays = worker.getBean(Relays.class);
    replies = api.getBean(Replies.class);
    while (!replies.isReading()) Thread.sleep(Duration.ofMillis(20));
  }

  private static void createTopic(String kafka) throws InterruptedException {
    try (var admin = Admin.create(Map.<String, Object>of("bootstrap.servers", kafka))) {
      var topic = new NewTopic(Topics.REPLIES, PARTITIONS, (short) 1);
      admin.createTopics(List.of(topic)).all().get(30, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException failed) {
      throw new IllegalStateException(Topics.REPLIES + " cannot be made", failed);
    }
  }

  /** A new response's reader; what it relays comes back to it. */
  RelayedReader reader(Measured measured, int mostEvents) {
    var request = request();
    var reader = new RelayedReader(request, relays.open(request, FENCE), measured, mostEvents);
    replies.follow(request.id(), request.deadline(), reader::hear, () -> {});
    return reader;
  }

  private RequestEnvelope request() {
    var now = Instant.now();
    return new RequestEnvelope(
        "resp_" + UUID.randomUUID(),
        "user",
        "benchmark",
        Map.of(),
        "gpt-4o-mini",
        Priority.INTERACTIVE,
        now,
        now.plus(LONGEST),
        10,
        10,
        HOME,
        replies.offsetBound(),
        "{}",
        null,
        Map.of());
  }

  @Override
  public void close() {
    api.close();
    worker.close();
  }
}
