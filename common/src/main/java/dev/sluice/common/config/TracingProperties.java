package dev.sluice.common.config;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param endpoint where spans go, by OTLP over HTTP: {@code http://collector:4318/v1/traces}.
 *     Nothing is traced where it is not set
 * @param sampling share of requests that are traced where the client does not say, 0 to 1
 */
@Validated
@ConfigurationProperties("sluice.tracing")
public record TracingProperties(
    @Nullable URI endpoint,
    @DefaultValue("0.1") @DecimalMin("0") @DecimalMax("1") double sampling) {
  static final String ENDPOINT = "sluice.tracing.endpoint";
  static final String SAMPLING = "sluice.tracing.sampling";
}
