package dev.sluice.common.message;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import java.time.Instant;
import java.util.Map;

/**
 * An operator takes a worker out of the fleet, or back in: a drained one leaves the group, finishes
 * the calls that are under way, hands back the rest and stays alive.
 *
 * @param worker its id
 * @param by who set it
 */
public record WorkerDrain(
    String worker,
    boolean drain,
    String by,
    Instant at,
    @JsonAnySetter @JsonAnyGetter Map<String, Object> unknown)
    implements SettingChange {

  public static String key(String worker) {
    return "worker-drain/" + worker;
  }

  @Override
  public String key() {
    return key(worker);
  }

  @Override
  public Object value() {
    return drain;
  }
}
