package dev.sluice.api.cache;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param mode which questions may share an answer where the client does not say
 * @param scope who may share it
 * @param ttl how long an answer is kept
 * @param maxBytes of a compressed answer; a larger one is not kept
 */
@Validated
@ConfigurationProperties("sluice.cache")
record CacheProperties(
    @DefaultValue("deterministic") Mode mode,
    @DefaultValue("user") Scope scope,
    @DefaultValue("1h") @DurationMin(seconds = 1) Duration ttl,
    @DefaultValue("262144") @Min(1_024) @Max(16_777_216) int maxBytes) {
  enum Mode {
    /** None, whatever the client says. */
    OFF,
    /** Those that the client opts in. */
    OPT_IN,
    /** Those with temperature 0 and no hosted tools, and those that the client opts in. */
    DETERMINISTIC,
    /** All but those that the client opts out. */
    ALL
  }

  enum Scope {
    USER,
    TEAM,
    GLOBAL
  }
}
