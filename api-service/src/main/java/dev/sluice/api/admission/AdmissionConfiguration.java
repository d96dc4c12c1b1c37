package dev.sluice.api.admission;

import dev.sluice.api.settings.Settings;
import dev.sluice.common.budget.BudgetProperties;
import dev.sluice.common.id.ResponseIds;
import java.time.InstantSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({AdmissionProperties.class, BudgetProperties.class})
class AdmissionConfiguration {
  @Bean
  Admission admission(
      AdmissionProperties properties,
      BudgetProperties budget,
      Settings settings,
      ResponseIds ids,
      ReplyAddress address,
      InstantSource clock) {
    return new Admission(properties, budget, settings, ids, address, clock, new JsonMapper());
  }
}
