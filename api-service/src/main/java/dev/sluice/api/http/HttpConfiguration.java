package dev.sluice.api.http;

import dev.sluice.common.error.ErrorBody;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class HttpConfiguration {
  @Bean
  ErrorBody errorBody() {
    return new ErrorBody();
  }
}
