package dev.sluice.common.message;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An operator has set how many calls one worker may have under way at once; goes before {@link
 * ConcurrencySet}.
 *
 * @param worker its id
 * @param concurrency calls at once, 1 to {@link ConcurrencySet#MOST}; null for that of the fleet
 * @param by who set it
 */
public record WorkerConcurrencySet(
    String worker,
    @Nullable Integer concurrency,
    String by,
    Instant at,
    @JsonAnySetter @JsonAnyGetter Map<String, Object> unknown)
    implements SettingChange {

  public static String key(String worker) {
    return "worker-concurrency/" + worker;
  }

  @Override
  public String key() {
    return key(worker);
  }

  @Override
  public @Nullable Object value() {
    return concurrency;
  }
}
