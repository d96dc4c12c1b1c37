package dev.sluice.api.http;

import dev.sluice.api.responses.Responder;
import dev.sluice.common.error.ErrorBody;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.socket.server.support.WebSocketHandlerMapping;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(HttpProperties.class)
class HttpConfiguration {
  @Bean
  ErrorBody errorBody() {
    return new ErrorBody();
  }

  @Bean
  Failures failures(ErrorBody errors) {
    return new Failures(errors);
  }

  @Bean
  RequestBodies requestBodies(HttpProperties properties) {
    return new RequestBodies(properties.maxBodyBytes());
  }

  @Bean
  Answers answers(Responder responder, HttpProperties properties) {
    return new Answers(responder, properties);
  }

  @Bean
  WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> clientConnections() {
    return factory -> factory.addEngineValves(new ClientConnectionValve());
  }

  /** One path, two protocols: an upgrade is the socket's, everything else is ours. */
  @Bean
  static BeanPostProcessor socketsByUpgrade() {
    return new BeanPostProcessor() {
      @Override
      public Object postProcessBeforeInitialization(Object bean, String name) {
        if (bean instanceof WebSocketHandlerMapping sockets) {
          sockets.setWebSocketUpgradeMatch(true);
          sockets.setOrder(Ordered.HIGHEST_PRECEDENCE);
        }
        return bean;
      }
    };
  }
}
