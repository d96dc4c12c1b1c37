package dev.sluice.common.budget;

import java.time.Duration;

/** One limit of a pool, in the provider's terms. */
public enum Bandwidth {
  /** Requests per minute. */
  RPM(Duration.ofMinutes(1), false),
  /** Tokens per minute. */
  TPM(Duration.ofMinutes(1), true),
  /** Requests per day. */
  RPD(Duration.ofDays(1), false),
  /** Tokens per day. */
  TPD(Duration.ofDays(1), true);

  private final Duration period;
  private final boolean tokens;

  Bandwidth(Duration period, boolean tokens) {
    this.period = period;
    this.tokens = tokens;
  }

  /** The time over which the limit counts. */
  public Duration period() {
    return period;
  }

  /** Whether it counts over a day; otherwise over a minute. */
  public boolean isDaily() {
    return period.compareTo(Duration.ofMinutes(1)) > 0;
  }

  /** Whether it counts tokens; otherwise it counts requests. */
  public boolean countsTokens() {
    return tokens;
  }
}
