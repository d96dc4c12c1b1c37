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
 * @param maxBytes of a compressed answer; a larger one is not kept, nor one whose events have more
 *     than {@value #MOST_BYTES} bytes before
 */
@Validated
@ConfigurationProperties("sluice.cache")
record CacheProperties(
    @DefaultValue("deterministic") Mode mode,
    @DefaultValue("user") Scope scope,
    @DefaultValue("1h") @DurationMin(seconds = 1) Duration ttl,
    @DefaultValue("262144") @Min(1_024) @Max(MOST_BYTES) int maxBytes) {
  // A kept answer is given at once, and has to fit into what may wait for a client
  static final int MOST_BYTES = 512 * 1_024;

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
