package dev.sluice.worker.model;

import static java.util.stream.Collectors.toUnmodifiableMap;

import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.Timeout;
import dev.sluice.common.budget.BudgetProperties;
import dev.sluice.common.budget.Pool;
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
  Model model(ModelProperties properties, BudgetProperties budget) {
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
    // They share the connections; only the key differs
    var clients =
        budget.open().stream()
            .collect(
                toUnmodifiableMap(
                    Pool::name,
                    pool ->
                        client.withOptions(options -> options.apiKey(properties.key(pool.key())))));
    return new Model(clients, running, new Watchdog(System::nanoTime), properties);
  }

  @Bean
  Retries retries(ModelProperties properties, RandomGenerator random) {
    return new Retries(
        properties.maxAttempts(),
        new Backoff(properties.backoff(), random),
        new RetryBudget(properties.retryShare(), System::nanoTime));
  }
}
