package dev.sluice.worker.budget;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.budget.BudgetProperties;
import dev.sluice.common.budget.Pool;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.random.RandomGenerator;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({BudgetProperties.class, BudgetSettings.class})
class BudgetConfiguration {
  @Bean
  Budget budget(
      BudgetProperties budget,
      BudgetSettings settings,
      StatefulRedisConnection<byte[], byte[]> budgetRedis,
      RandomGenerator random,
      MeterRegistry registry)
      throws IOException {
    var script = script("budget");
    var meters = new BudgetMeters(registry);
    var slots = new Slots();
    return new Budget(
        budget.open(),
        pool ->
            schedule(
                pool,
                new RedisStateStore(budgetRedis, script, pool.name(), settings.timeout()),
                settings,
                random,
                slots,
                meters),
        slots,
        meters);
  }

  private static String script(String name) throws IOException {
    return new ClassPathResource("lua/%s.lua".formatted(name)).getContentAsString(UTF_8);
  }

  private static PoolSchedule schedule(
      Pool pool,
      StateStore store,
      BudgetSettings settings,
      RandomGenerator random,
      Slots slots,
      BudgetMeters meters) {
    var shared =
        new SharedPool(
            pool.name(),
            random.nextLong(),
            store,
            settings,
            pool.tier().limits(),
            random,
            System::nanoTime,
            meters);
    return new PoolSchedule(pool, shared, settings, System::nanoTime, slots, meters);
  }

  @Bean
  Estimates estimates(MeterRegistry registry, StatefulRedisConnection<byte[], byte[]> budgetRedis)
      throws IOException {
    return new Estimates(registry, new RedisEstimateStore(budgetRedis, script("estimate")));
  }

  @Bean(destroyMethod = "close")
  StatefulRedisConnection<byte[], byte[]> budgetRedis(RedisClient redis) {
    return redis.connect(ByteArrayCodec.INSTANCE);
  }
}
