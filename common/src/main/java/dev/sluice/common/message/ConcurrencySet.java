package dev.sluice.common.message;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An operator has set how many calls a worker may have under way at once, on every worker that has
 * no setting of its own.
 *
 * @param perWorker calls at once, 1 to {@link #MOST}; null to go back to what is configured
 * @param by who set it
 */
public record ConcurrencySet(
    @Nullable Integer perWorker,
    String by,
    Instant at,
    @JsonAnySetter @JsonAnyGetter Map<String, Object> unknown)
    implements SettingChange {
  /** More than one worker can make use of. */
  public static final int MOST = 10_000;

  public static final String KEY = "concurrency";

  @Override
  public String key() {
    return KEY;
  }

  @Override
  public @Nullable Object value() {
    return perWorker;
  }
}
