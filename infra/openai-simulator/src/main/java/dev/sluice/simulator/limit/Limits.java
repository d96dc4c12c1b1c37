package dev.sluice.simulator.limit;

/**
 * The bandwidths of one pool. Zero means that the provider sets no such limit.
 *
 * @param rpm requests a minute
 * @param tpm tokens a minute
 * @param rpd requests a day
 */
public record Limits(long rpm, long tpm, long rpd) {
  /** Keeps the meters' integer arithmetic (amount × microseconds of a day) within a long. */
  private static final long MOST_PER_MINUTE = 10_000_000_000L;

  private static final long MOST_PER_DAY = 100_000_000L;

  public Limits {
    if (rpm < 0 || rpm > MOST_PER_MINUTE) {
      throw new IllegalArgumentException("set rpm to 0 (no limit) … " + MOST_PER_MINUTE);
    }
    if (tpm < 0 || tpm > MOST_PER_MINUTE) {
      throw new IllegalArgumentException("set tpm to 0 (no limit) … " + MOST_PER_MINUTE);
    }
    if (rpd < 0 || rpd > MOST_PER_DAY) {
      throw new IllegalArgumentException("set rpd to 0 (no limit) … " + MOST_PER_DAY);
    }
  }
}
