package dev.sluice.common.message;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import dev.sluice.common.budget.Tier;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An operator has set the limits of a pool; in force on every instance as soon as it is read, and
 * after a restart. The newest one of a pool counts.
 *
 * @param limits null to go back to what is configured
 * @param by who set it
 */
public record PoolLimitsSet(
    String pool,
    @Nullable Tier limits,
    String by,
    Instant at,
    @JsonAnySetter @JsonAnyGetter Map<String, Object> unknown)
    implements Message {

  /** The key that a newer one of the same pool replaces it by. */
  public String key() {
    return "pool-limits/" + pool;
  }
}
