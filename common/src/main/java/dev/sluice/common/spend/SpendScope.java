package dev.sluice.common.spend;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Whose spending a cap limits. */
public enum SpendScope {
  USER,
  TEAM,
  /** By the caller's label {@code project}; requests without one are in none. */
  PROJECT;

  private static final String PROJECT_TAG = "project";

  /** As on the wire, in metrics and in Redis. */
  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<SpendScope> of(String label) {
    return Arrays.stream(values()).filter(scope -> scope.label().equals(label)).findFirst();
  }

  /** Who of this scope pays for a request; empty if nobody does. */
  public String subject(String user, String team, Map<String, String> tags) {
    return switch (this) {
      case USER -> user;
      case TEAM -> team;
      case PROJECT -> tags.getOrDefault(PROJECT_TAG, "");
    };
  }
}
