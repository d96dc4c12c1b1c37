package dev.sluice.worker.model;

import dev.sluice.common.budget.Pool;
import dev.sluice.common.config.MisconfiguredException;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param apiKey the provider's key; nowhere else but in this service's environment
 * @param keys more keys by name, for pools that name one: of another project or organisation
 * @param baseUrl the provider's address, up to and including {@code /v1}
 * @param connectTimeout to open a connection
 * @param firstTokenTimeout from sending the request to the first piece of the answer
 * @param betweenTokensTimeout from one event to the next
 * @param totalTimeout from sending the request to the end of the answer
 * @param maxAttempts calls made for one request at the most, the first included
 * @param retryShare attempts after a failure may be this share of first attempts, and a few more so
 *     that a quiet worker may make some; the rest ends with the failure
 * @param backoff pause before the second attempt; doubles with each further one
 */
@Validated
@ConfigurationProperties("sluice.model")
record ModelProperties(
    @DefaultValue("") String apiKey,
    @DefaultValue Map<String, String> keys,
    @DefaultValue("https://api.openai.com/v1") String baseUrl,
    @DefaultValue("10s") @DurationMin(millis = 100) Duration connectTimeout,
    @DefaultValue("120s") @DurationMin(millis = 100) Duration firstTokenTimeout,
    @DefaultValue("60s") @DurationMin(millis = 100) Duration betweenTokensTimeout,
    @DefaultValue("10m") @DurationMin(millis = 100) Duration totalTimeout,
    @DefaultValue("6") @Min(1) @Max(10) int maxAttempts,
    @DefaultValue("0.1") @DecimalMin("0") @DecimalMax("10") double retryShare,
    @DefaultValue("1s") @DurationMin(millis = 1) Duration backoff) {
  private static final Pattern ADDRESS = Pattern.compile("https?://[^/\\s]+(/\\S*)?");

  ModelProperties {
    if (apiKey.isBlank())
      throw new IllegalArgumentException(
          "set OPENAI_API_KEY (sluice.model.api-key) to the provider's key, or use ./sluice up,"
              + " which brings a simulator along; without either this worker has nobody to ask");
    if (!ADDRESS.matcher(baseUrl).matches())
      throw new IllegalArgumentException(
          "set OPENAI_BASE_URL (sluice.model.base-url) to an address such as"
              + " https://api.openai.com/v1");
  }

  /**
   * The key of that name.
   *
   * @throws MisconfiguredException if it is not configured
   */
  String key(String name) {
    if (name.equals(Pool.DEFAULT_KEY)) return apiKey;
    var key = keys.get(name);
    if (key == null || key.isBlank())
      throw new MisconfiguredException(
          "set sluice.model.keys.%s (SLUICE_MODEL_KEYS_%s) to the provider's key that a pool of sluice.budget.pools names"
              .formatted(name, name.toUpperCase(Locale.ROOT)));
    return key;
  }

  @Override
  public String toString() {
    return "ModelProperties[baseUrl=%s]".formatted(baseUrl);
  }
}
