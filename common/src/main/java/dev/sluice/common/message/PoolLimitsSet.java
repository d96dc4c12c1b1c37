package dev.sluice.common.message;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import dev.sluice.common.budget.Tier;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An operator has set the limits of a pool.
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
    implements SettingChange {

  public static String key(String pool) {
    return "pool-limits/" + pool;
  }

  @Override
  public String key() {
    return key(pool);
  }

  @Override
  public @Nullable Object value() {
    return limits;
  }
}
