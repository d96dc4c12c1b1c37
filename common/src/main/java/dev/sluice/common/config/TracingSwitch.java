package dev.sluice.common.config;

import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.StringUtils;

/**
 * One key switches tracing on. Spring Boot would make spans without anybody to send them to, so
 * without the key its tracing is off altogether. What an operator sets of Spring Boot's own keys
 * goes ahead.
 */
final class TracingSwitch implements EnvironmentPostProcessor {
  private static final String BOOT = "management.opentelemetry.";

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    var endpoint = environment.getProperty(TracingProperties.ENDPOINT);
    boolean on = StringUtils.hasText(endpoint);
    Map<String, Object> settings = new HashMap<>();
    settings.put(BOOT + "enabled", on);
    if (on && endpoint != null) {
      settings.put(BOOT + "tracing.export.otlp.endpoint", endpoint);
      settings.put(
          "management.tracing.sampling.probability",
          environment.getProperty(TracingProperties.SAMPLING, "0.1"));
    }
    environment.getPropertySources().addLast(new MapPropertySource("sluice.tracing", settings));
  }
}
