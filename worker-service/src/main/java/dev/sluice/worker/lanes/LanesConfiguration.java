package dev.sluice.worker.lanes;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.budget.BudgetProperties;
import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.Priority;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import org.apache.kafka.clients.admin.Admin;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.kafka.core.KafkaAdmin;

@Configuration(proxyBeanMethods = false)
class LanesConfiguration {
  // Longer than an api instance tries to put a request on its lane
  private static final Duration REPAIR_EVERY = Duration.ofSeconds(10);

  @Bean
  StatefulRedisConnection<String, String> lanesRedis(RedisClient redis) {
    return redis.connect();
  }

  @Bean
  LaneProgress laneProgress(StatefulRedisConnection<String, String> lanesRedis) {
    return new LaneProgress(lanesRedis);
  }

  @Bean(destroyMethod = "close")
  Admin lanesAdmin(KafkaAdmin kafka) {
    return Admin.create(kafka.getConfigurationProperties());
  }

  @Bean
  LaneRepair laneRepair(
      StatefulRedisConnection<String, String> lanesRedis,
      Admin lanesAdmin,
      BudgetProperties budget,
      @Value("${sluice.intake.group:sluice-workers}") String group)
      throws IOException {
    var lanes =
        budget.open().stream()
            .flatMap(pool ->
                Arrays.stream(Priority.values()).map(priority -> new Lane(pool.name(), priority)))
            .toList();
    var script = new ClassPathResource("lua/mend-lane.lua").getContentAsString(UTF_8);
    return new LaneRepair(lanesRedis, lanesAdmin, group, lanes, script, REPAIR_EVERY);
  }
}
