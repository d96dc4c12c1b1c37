package dev.sluice.worker.model;

import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.Timeout;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ModelProperties.class)
class ModelConfiguration {
  // A call in flight holds a connection; one that was idle saves the next call its handshakes.
  private static final int IDLE_CONNECTIONS = 500;

  @Bean
  Model model(ModelProperties properties) {
    var running = new RunningCall.Capture();
    var client =
        OpenAIOkHttpClient.builder()
            .apiKey(properties.apiKey())
            .baseUrl(properties.baseUrl())
            .maxRetries(0)
            .timeout(
                Timeout.builder()
                    .connect(properties.connectTimeout())
                    .read(Duration.ZERO)
                    .request(Duration.ZERO)
                    .build())
            .maxIdleConnections(IDLE_CONNECTIONS)
            .keepAliveDuration(Duration.ofMinutes(5))
            .addInterceptor(running)
            .build();
    return new Model(client, running, new Watchdog(System::nanoTime), properties);
  }

  @Bean
  Retries retries(ModelProperties properties, RandomGenerator random) {
    return new Retries(
        properties.maxAttempts(),
        new Backoff(properties.backoff(), random),
        new RetryBudget(System::nanoTime));
  }
}
