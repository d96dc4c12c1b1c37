package dev.sluice.api.spend;

import io.lettuce.core.api.StatefulRedisConnection;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import javax.sql.DataSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(SpendProperties.class)
class SpendConfiguration {
  private static final int QUERY_SECONDS = 2;

  @Bean
  SpendStore spendStore(StatefulRedisConnection<String, byte[]> redisConnection) {
    return new SpendStore(redisConnection);
  }

  @Bean
  SpendMeters spendMeters(MeterRegistry registry) {
    return new SpendMeters(registry);
  }

  @Bean
  SpendLedger spendLedger(DataSource ledger) {
    // A client waits for it
    var impatient = new JdbcTemplate(ledger);
    impatient.setQueryTimeout(QUERY_SECONDS);
    return new SpendLedger(JdbcClient.create(impatient));
  }

  @Bean
  Estimates spendEstimates(SpendLedger ledger, SpendProperties properties, InstantSource clock) {
    return new Estimates(ledger, properties.usualOutput(), clock);
  }

  @Bean
  Spending spending(
      Caps caps,
      SpendStore store,
      SpendLedger ledger,
      Estimates estimates,
      SpendMeters meters,
      InstantSource clock) {
    return new Spending(caps, store, ledger, estimates, meters, clock);
  }

  @Bean
  SpendWatch spendWatch(
      Spending spending,
      Estimates estimates,
      Caps caps,
      SpendStore store,
      SpendMeters meters,
      SpendProperties properties,
      InstantSource clock) {
    return new SpendWatch(spending, estimates, caps, store, meters, properties, clock);
  }
}
