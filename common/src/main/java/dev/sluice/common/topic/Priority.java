package dev.sluice.common.topic;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Which requests of a pool go first. */
public enum Priority {
  /** Somebody is waiting for the answer. */
  INTERACTIVE,
  /** Nobody is watching; may wait for interactive requests. */
  BACKGROUND;

  /** The last part of a lane's topic. */
  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
