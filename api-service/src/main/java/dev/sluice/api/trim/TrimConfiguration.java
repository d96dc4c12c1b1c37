package dev.sluice.api.trim;

import dev.sluice.common.budget.BudgetProperties;
import dev.sluice.common.config.MisconfiguredException;
import dev.sluice.common.token.TokenCounter;
import java.util.TreeSet;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(TrimProperties.class)
class TrimConfiguration {
  @Bean
  Trimmer trimmer(TrimProperties properties, BudgetProperties budget) {
    var unknown = new TreeSet<>(properties.poolMaxInputTokens().keySet());
    unknown.removeAll(budget.pools().keySet());
    if (!unknown.isEmpty())
      throw new MisconfiguredException(
          "set sluice.trim.pool-max-input-tokens for pools of %s only; there is no pool %s"
              .formatted(new TreeSet<>(budget.pools().keySet()), unknown.first()));
    return new Trimmer(new TokenCounter(), properties);
  }
}
