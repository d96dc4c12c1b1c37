package dev.sluice.api.socket;

import dev.sluice.api.admission.ReplyAddress;
import dev.sluice.api.identity.Callers;
import dev.sluice.api.replies.Replies;
import dev.sluice.api.responses.Responder;
import dev.sluice.common.error.ErrorBody;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.server.standard.ServletServerContainerFactoryBean;

@Configuration(proxyBeanMethods = false)
@EnableWebSocket
@EnableConfigurationProperties(SocketProperties.class)
class SocketConfiguration {
  // The container keeps one such buffer for each socket; larger messages come in parts.
  private static final int PART_BYTES = 2_048;
  // Likewise, and the first part of a binary message closes the socket
  private static final int BINARY_PART_BYTES = 16;

  @Bean
  ReplyAddress replyAddress(Replies replies) {
    return new ReplyAddress() {
      @Override
      public int partition() {
        return replies.homePartition();
      }

      @Override
      public long offsetBound() {
        return replies.offsetBound();
      }
    };
  }

  @Bean(destroyMethod = "close")
  ExecutorService socketThreads() {
    return Executors.newVirtualThreadPerTaskExecutor();
  }

  @Bean(destroyMethod = "shutdownNow")
  ScheduledExecutorService socketTimer() {
    var timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("socket-timer").daemon().factory());
    // Else every socket that comes and goes would stay in memory for the life it could have had.
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  @Bean
  SocketSlots socketSlots(SocketProperties properties) {
    return new SocketSlots(properties.maxSockets(), properties.maxSocketsPerUser());
  }

  @Bean
  SocketMeters socketMeters(MeterRegistry registry, SocketSlots slots) {
    return new SocketMeters(registry, slots);
  }

  @Bean
  ResponsesSocketHandler responsesSocketHandler(
      Responder responder,
      SocketProperties properties,
      Callers callers,
      SocketMeters meters,
      ErrorBody errors,
      ExecutorService socketThreads,
      ScheduledExecutorService socketTimer,
      InstantSource clock) {
    return new ResponsesSocketHandler(
        responder,
        properties,
        new SocketCallers(callers),
        meters,
        errors,
        socketThreads,
        socketTimer,
        clock);
  }

  @Bean
  WebSocketConfigurer responsesSocket(
      ResponsesSocketHandler handler,
      SocketSlots slots,
      Callers callers,
      SocketMeters meters,
      ErrorBody errors) {
    return registry ->
        registry
            .addHandler(handler, "/v1/responses")
            .addInterceptors(new SocketHandshake(slots, callers, meters, errors))
            .setAllowedOriginPatterns("*"); // identity has refused all but the allowed ones
  }

  /** The connector's own buffers, of which each connection has two for as long as it is open. */
  @Bean
  WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> connectionBuffers() {
    return factory ->
        factory.addConnectorCustomizers(connector -> {
          connector.setProperty("socket.appReadBufSize", Integer.toString(PART_BYTES));
          connector.setProperty("socket.appWriteBufSize", Integer.toString(PART_BYTES));
        });
  }

  @Bean
  ServletServerContainerFactoryBean webSocketContainer() {
    var container = new ServletServerContainerFactoryBean();
    container.setMaxTextMessageBufferSize(PART_BYTES);
    container.setMaxBinaryMessageBufferSize(BINARY_PART_BYTES);
    return container;
  }
}
