package dev.sluice.api.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.api.StatefulRedisConnection;
import java.io.IOException;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(CacheProperties.class)
class CacheConfiguration {
  @Bean
  Questions questions(CacheProperties properties) {
    return new Questions(properties);
  }

  @Bean
  AnswerCache answerCache(
      CacheProperties properties, StatefulRedisConnection<String, byte[]> redisConnection)
      throws IOException {
    var script = new ClassPathResource("lua/delete-own.lua").getContentAsString(UTF_8);
    return new AnswerCache(properties, redisConnection, script);
  }
}
