package dev.sluice.simulator.limit;

import org.jspecify.annotations.Nullable;

/** The tokens an admitted request was charged. */
public final class Grant {
  private final PoolLimiter pool;
  private final long tokens;

  /** Null where the pool has no token limit. */
  private final @Nullable Charge charge;

  Grant(PoolLimiter pool, long tokens, @Nullable Charge charge) {
    this.pool = pool;
    this.tokens = tokens;
    this.charge = charge;
  }

  public long tokens() {
    return tokens;
  }

  /** Gives back what was charged beyond {@code actualTokens}; never charges more. */
  public void settle(long actualTokens, long now) {
    if (charge != null && actualTokens < tokens) {
      pool.refund(charge, tokens - actualTokens, now);
    }
  }
}
