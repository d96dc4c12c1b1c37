package dev.sluice.simulator;

/**
 * How fast the model speaks. With 0 between tokens they are written without a pause.
 *
 * @param firstTokenMs from the request's arrival to the first token
 * @param betweenTokensMs from token to token
 * @param jitterMs at most this is added to each token's moment
 */
record Latency(long firstTokenMs, long betweenTokensMs, long jitterMs) {
  private static final long MOST_MS = 3_600_000;

  Latency {
    if (outside(firstTokenMs) || outside(betweenTokensMs) || outside(jitterMs)) {
      throw new IllegalArgumentException("set each latency to 0 … " + MOST_MS + " ms");
    }
  }

  private static boolean outside(long ms) {
    return ms < 0 || ms > MOST_MS;
  }
}
