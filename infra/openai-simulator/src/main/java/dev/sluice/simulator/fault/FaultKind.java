package dev.sluice.simulator.fault;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What can go wrong with a provider. */
public enum FaultKind {
  RATE_LIMIT(true),
  SLOW_DOWN(true),
  INSUFFICIENT_QUOTA(true),
  BAD_KEY(true),
  CONTEXT_LENGTH(true),
  SERVER_ERROR(false),
  OVERLOADED(false),
  PROXY_ERROR(false),
  HANG(false),
  CUT(false),
  MALFORMED_EVENT(false),
  FAILED_EVENT(false),
  SLOW_FIRST_TOKEN(false);

  private final boolean refusal;

  FaultKind(boolean refusal) {
    this.refusal = refusal;
  }

  /** Whether it answers 4xx before the limits are asked; the others are charged like a success. */
  public boolean isRefusal() {
    return refusal;
  }

  /** Parses the lower-case name of the control API. */
  public static FaultKind of(String name) {
    return Arrays.stream(values())
        .filter(kind -> kind.toString().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("set kind to one of " + names()));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static String names() {
    return Arrays.stream(values()).map(FaultKind::toString).collect(Collectors.joining(", "));
  }
}
