package dev.sluice.worker.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.budget.BudgetProperties;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.topic.Topics;
import dev.sluice.worker.background.ConsumerLoop;
import dev.sluice.worker.budget.Budget;
import dev.sluice.worker.intake.Intake;
import dev.sluice.worker.ledger.SpendAccounts;
import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.ByteArrayCodec;
import java.io.IOException;
import java.time.InstantSource;
import org.apache.kafka.common.TopicPartition;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.kafka.core.ConsumerFactory;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(WorkerProperties.class)
class ControlConfiguration {
  @Bean
  ConsumerLoop cancels(
      ConsumerFactory<byte[], byte[]> consumers, MessageCodec codec, Cancels cancels) {
    var listener = new CancelListener(codec, cancels::cancel);
    // From the last hour on: a cancel may precede its request, which may still be on its lane
    return new ConsumerLoop(
        "cancels", consumers, new TopicPartition(Topics.CONTROL, 0), listener::read);
  }

  @Bean
  WorkerIdentity workerIdentity(
      WorkerProperties properties, @Value("${server.port}") int port, InstantSource clock) {
    return WorkerIdentity.of(properties, port, clock.instant());
  }

  @Bean
  Activity activity() {
    return new Activity(System::nanoTime);
  }

  @Bean
  Controls controls(WorkerIdentity worker, Intake intake, Budget budget, SpendAccounts spend) {
    return new Controls(worker, intake, budget, spend);
  }

  @Bean
  SettingsListener settingsListener(
      ConsumerFactory<byte[], byte[]> consumers, MessageCodec codec, Controls controls) {
    return new SettingsListener(consumers, codec, controls::apply);
  }

  // Not a dependent of the intake: Spring would stop it first, and its last word would be "running"
  @Bean
  Heartbeat heartbeat(
      RedisClient redis,
      MessageCodec codec,
      WorkerIdentity worker,
      BudgetProperties pools,
      ObjectProvider<Intake> intake,
      Budget budget,
      Controls controls,
      Activity activity)
      throws IOException {
    var script = new ClassPathResource("lua/heartbeat.lua").getContentAsString(UTF_8);
    var reporter = new Reporter(worker, pools, intake.getObject(), budget, controls, activity);
    return new Heartbeat(
        redis.connect(ByteArrayCodec.INSTANCE), script, codec, worker, reporter::report);
  }
}
