package dev.sluice.worker;

import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.message.UsageEvent;
import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.Reply;
import dev.sluice.common.topic.Topics;
import dev.sluice.common.trace.Traces;
import dev.sluice.worker.control.Activity;
import dev.sluice.worker.deadletter.DeadLetters;
import dev.sluice.worker.intake.RequestHandler;
import dev.sluice.worker.ledger.TestingUsageLedger;
import dev.sluice.worker.ledger.UsageLedger;
import io.lettuce.core.RedisClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * A worker on real Kafka and Redis, without its intake and its database: requests are handed to it,
 * and what it tells the ledger stays in the topic.
 */
public final class TestingWorker implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  private final ConfigurableApplicationContext context;
  private final MessageCodec codec = new MessageCodec();

  // No @Configuration: a whole worker, as StartUpTest starts it, would find it and take it for one
  @ImportAutoConfiguration(KafkaAutoConfiguration.class)
  @ComponentScan(
      basePackages = {
        "dev.sluice.worker.budget",
        "dev.sluice.worker.flow",
        "dev.sluice.worker.lanes",
        "dev.sluice.worker.lease",
        "dev.sluice.worker.model",
        "dev.sluice.worker.relay"
      })
  static class Parts {
    private final WorkerService service = new WorkerService();

    @Bean
    InstantSource clock() {
      return service.clock();
    }

    @Bean
    RandomGenerator random() {
      return service.random();
    }

    @Bean
    MessageCodec messageCodec() {
      return service.messageCodec();
    }

    @Bean(destroyMethod = "shutdown")
    RedisClient redisClient(@Value("${spring.data.redis.url}") String url) {
      return service.redisClient(url);
    }

    @Bean
    Traces traces() {
      return Traces.OFF;
    }

    @Bean
    MeterRegistry meters() {
      return new SimpleMeterRegistry();
    }

    @Bean
    UsageLedger usageLedger(
        KafkaTemplate<byte[], byte[]> kafka, MessageCodec codec, InstantSource clock) {
      return TestingUsageLedger.on(kafka, codec, clock);
    }

    @Bean
    Activity activity() {
      return new Activity(System::nanoTime);
    }

    @Bean
    DeadLetters deadLetters(KafkaTemplate<byte[], byte[]> kafka, MessageCodec codec) {
      return new DeadLetters(kafka, codec);
    }

    @Bean
    KafkaAdmin.NewTopics topics() {
      return new KafkaAdmin.NewTopics(
          new NewTopic(Topics.REPLIES, 1, (short) 1),
          new NewTopic(Topics.USAGE, 1, (short) 1),
          new NewTopic(Topics.DEAD_LETTERS, 1, (short) 1));
    }
  }

  /**
   * @param settings as {@code key=value}
   */
  public TestingWorker(List<String> settings) {
    var arguments = new ArrayList<String>();
    settings.forEach(setting -> arguments.add("--" + setting));
    arguments.add("--spring.kafka.bootstrap-servers=" + TestingStack.kafka());
    arguments.add("--spring.data.redis.url=" + TestingStack.redis());
    context =
        new SpringApplicationBuilder(Parts.class)
            .web(WebApplicationType.NONE)
            .run(arguments.toArray(String[]::new));
  }

  /** Works on a request until it has ended. */
  public void handle(Lane lane, RequestEnvelope request) throws InterruptedException {
    var origin = new RequestHandler.Origin(lane.topic(), 0, 0, request.acceptedAt(), null);
    context.getBean(RequestHandler.class).handle(lane, codec.encode(request), origin, () -> {});
  }

  public MeterRegistry meters() {
    return context.getBean(MeterRegistry.class);
  }

  /** Every event that was published until now, of all responses. */
  public List<Reply> replies() {
    return read(Topics.REPLIES, Reply::of);
  }

  /** All that the ledger was told until now, of all requests. */
  public List<UsageEvent> usage() {
    return read(Topics.USAGE, told -> codec.decode(told.value(), UsageEvent.class));
  }

  @SuppressWarnings("unchecked")
  private <T> List<T> read(String topic, Function<ConsumerRecord<byte[], byte[]>, T> as) {
    var partition = new TopicPartition(topic, 0);
    var all = new ArrayList<T>();
    ConsumerFactory<byte[], byte[]> consumers = context.getBean(ConsumerFactory.class);
    try (var consumer = consumers.createConsumer(null, null)) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      while (consumer.position(partition) < end)
        consumer.poll(POLL).forEach(found -> all.add(as.apply(found)));
    }
    return all;
  }

  @Override
  public void close() {
    context.close();
  }
}
