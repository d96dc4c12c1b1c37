package dev.sluice.common.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class TracingSwitchTest {
  private static final String ENABLED = "management.opentelemetry.enabled";
  private static final String ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";

  @Test
  void without_an_endpoint_tracing_is_off() {
    var environment = with(Map.of("sluice.tracing.endpoint", ""));
    assertThat(environment.getProperty(ENABLED)).isEqualTo("false");
    assertThat(environment.getProperty(ENDPOINT)).isNull();
  }

  @Test
  void an_endpoint_switches_it_on() {
    var url = "http://collector:4318/v1/traces";
    var environment = with(Map.of("sluice.tracing.endpoint", url));
    assertThat(environment.getProperty(ENABLED)).isEqualTo("true");
    assertThat(environment.getProperty(ENDPOINT)).isEqualTo(url);
    assertThat(environment.getProperty("management.tracing.sampling.probability")).isEqualTo("0.1");
  }

  @Test
  void what_an_operator_sets_of_spring_boots_own_goes_ahead() {
    var environment =
        with(Map.of("sluice.tracing.endpoint", "http://here", ENDPOINT, "http://there"));
    assertThat(environment.getProperty(ENDPOINT)).isEqualTo("http://there");
  }

  private static StandardEnvironment with(Map<String, Object> settings) {
    var environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new MapPropertySource("test", settings));
    new TracingSwitch().postProcessEnvironment(environment, new SpringApplication());
    return environment;
  }
}
