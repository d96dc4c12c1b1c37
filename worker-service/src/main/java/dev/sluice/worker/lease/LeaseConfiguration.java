package dev.sluice.worker.lease;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.time.InstantSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(LeaseProperties.class)
class LeaseConfiguration {
  @Bean
  Leases leases(RedisClient redis, LeaseProperties properties, InstantSource clock)
      throws IOException {
    var script = new ClassPathResource("lua/lease.lua").getContentAsString(UTF_8);
    return new Leases(redis.connect(), script, properties, clock);
  }
}
