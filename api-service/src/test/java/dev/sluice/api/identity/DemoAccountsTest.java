package dev.sluice.api.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

class DemoAccountsTest {
  private final ApplicationContextRunner service =
      new ApplicationContextRunner()
          .withUserConfiguration(Service.class)
          .withPropertyValues("sluice.identity.secret=a secret of at least 32 characters");

  @Configuration(proxyBeanMethods = false)
  @EnableConfigurationProperties(IdentityProperties.class)
  @Import(DemoAccounts.class)
  static class Service {
    @Bean
    InstantSource clock() {
      return InstantSource.system();
    }
  }

  @Test
  void nobody_gets_a_token_for_nothing_by_default() {
    service.run(context -> assertThat(context).doesNotHaveBean(DemoAccounts.class));
  }

  @Test
  void a_local_stack_switches_them_on() {
    service
        .withPropertyValues("sluice.identity.demo-accounts=true")
        .run(context -> assertThat(context).hasSingleBean(DemoAccounts.class));
  }

  @Test
  void a_short_secret_is_refused() {
    service
        .withPropertyValues("sluice.identity.secret=short")
        .run(context ->
            assertThat(context)
                .getFailure()
                .rootCause()
                .hasMessageContaining("SLUICE_IDENTITY_SECRET"));
  }

  @Test
  void the_secret_is_not_printed() {
    service.run(context ->
        assertThat(context.getBean(IdentityProperties.class).toString())
            .doesNotContain("secret of"));
  }
}
