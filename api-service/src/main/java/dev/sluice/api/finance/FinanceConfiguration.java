package dev.sluice.api.finance;

import javax.sql.DataSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(FinanceProperties.class)
class FinanceConfiguration {
  @Bean
  LedgerExport ledgerExport(
      DataSource data, PlatformTransactionManager transactions, FinanceProperties properties) {
    return new LedgerExport(data, transactions, properties.maxExports());
  }
}
