package dev.sluice.common.message;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import dev.sluice.common.topic.Lane;
import java.time.Instant;
import java.util.Map;

/**
 * An operator has stopped a lane, or let it go on: while it is paused no worker begins a call of
 * it; calls under way go on.
 *
 * @param by who set it
 */
public record LanePaused(
    Lane lane,
    boolean paused,
    String by,
    Instant at,
    @JsonAnySetter @JsonAnyGetter Map<String, Object> unknown)
    implements SettingChange {

  public static String key(Lane lane) {
    return "lane-paused/" + lane.label();
  }

  @Override
  public String key() {
    return key(lane);
  }

  @Override
  public Object value() {
    return paused;
  }
}
