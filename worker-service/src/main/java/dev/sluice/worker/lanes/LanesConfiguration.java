package dev.sluice.worker.lanes;

import io.lettuce.core.RedisClient;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class LanesConfiguration {
  @Bean
  LaneProgress laneProgress(RedisClient redis) {
    return new LaneProgress(redis.connect());
  }
}
