package dev.sluice.worker.reconciliation;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.math.BigDecimal;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param adminKey the provider's admin key, with the right to read usage; without one the provider
 *     is not asked
 * @param baseUrl the provider's address, up to and including {@code /v1}
 * @param threshold share of the provider's figure above which a difference is an alert
 * @param settlesAfter how long after a day's end it is fetched: the provider's figures come late
 * @param days how many of the last days are fetched, each once a day, since figures change for a
 *     while; 0: only those that somebody asks for
 * @param every pause between looks for days that are due
 */
@Validated
@ConfigurationProperties("sluice.reconciliation")
record ReconciliationProperties(
    @DefaultValue("") String adminKey,
    @DefaultValue("https://api.openai.com/v1") String baseUrl,
    @DefaultValue("0.01") @DecimalMin("0") @DecimalMax("1") BigDecimal threshold,
    @DefaultValue("6h") @DurationMin(seconds = 0) Duration settlesAfter,
    @DefaultValue("2") @Min(0) @Max(31) int days,
    @DefaultValue("10m") @DurationMin(seconds = 1) Duration every) {

  boolean mayAsk() {
    return !adminKey.isBlank();
  }

  @Override
  public String toString() {
    return "ReconciliationProperties[baseUrl=%s, mayAsk=%b]".formatted(baseUrl, mayAsk());
  }
}
