package dev.sluice.worker.budget;

import dev.sluice.common.budget.BudgetProperties;
import io.lettuce.core.RedisClient;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({BudgetProperties.class, BudgetSettings.class})
class BudgetConfiguration {
  @Bean
  Budget budget(
      BudgetProperties budget,
      BudgetSettings settings,
      RedisClient redis,
      InstantSource clock,
      MeterRegistry registry) {
    var buckets = new RemoteBuckets(redis, settings, clock);
    return new Budget(
        budget.open(),
        pool -> new PoolSchedule(pool, buckets.of(pool), settings, System::nanoTime),
        new BudgetMeters(registry));
  }
}
