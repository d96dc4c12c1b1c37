package dev.sluice.api.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

class IdentityPropertiesTest {
  private final ApplicationContextRunner service =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(ValidationAutoConfiguration.class))
          .withUserConfiguration(Service.class)
          .withPropertyValues("sluice.identity.issuer=https://issuer.example/realm");

  @Configuration(proxyBeanMethods = false)
  @EnableConfigurationProperties(IdentityProperties.class)
  @Import(DemoAccounts.class)
  static class Service {}

  @Test
  void nobody_gets_a_token_for_nothing_by_default() {
    service.run(context -> assertThat(context).doesNotHaveBean(DemoAccounts.class));
  }

  @Test
  void a_local_stack_switches_demo_accounts_on() {
    service
        .withPropertyValues("sluice.identity.demo-accounts=true")
        .run(context -> assertThat(context).hasSingleBean(DemoAccounts.class));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          issuer=                             | SLUICE_IDENTITY_ISSUER
          issuer=issuer.example               | SLUICE_IDENTITY_ISSUER
          issuer=ftp://issuer.example         | SLUICE_IDENTITY_ISSUER
          jwk-set-uri=/jwks                   | SLUICE_IDENTITY_JWKSETURI
          allowed-origins=*                   | SLUICE_IDENTITY_ALLOWEDORIGINS
          allowed-origins=null                | SLUICE_IDENTITY_ALLOWEDORIGINS
          allowed-origins=chat.example        | SLUICE_IDENTITY_ALLOWEDORIGINS
          allowed-origins=https://a.example/  | SLUICE_IDENTITY_ALLOWEDORIGINS
          """)
  void a_wrong_value_is_told_with_what_to_set(String value, String variable) {
    service
        .withPropertyValues("sluice.identity." + value)
        .run(context ->
            assertThat(context)
                .getFailure()
                .rootCause()
                .hasMessageContaining("(" + variable + ")"));
  }

  @ParameterizedTest
  @CsvSource({"audience=", "roles-claim=", "clock-skew=10m", "clock-skew=-1s"})
  void a_value_out_of_range_is_refused(String value) {
    service
        .withPropertyValues("sluice.identity." + value)
        .run(context -> assertThat(context).hasFailed());
  }

  @Test
  void origins_are_taken_as_browsers_name_them() {
    service
        .withPropertyValues(
            "sluice.identity.allowed-origins=https://chat.example,http://localhost:5173")
        .run(context -> assertThat(context).hasNotFailed());
  }
}
