package dev.sluice.simulator.limit;

/**
 * How all pools are enforced.
 *
 * @param kind bucket, window or quanta
 * @param timeCompression 1 for real minutes; 60 makes a minute's limit hold for one second
 * @param refund whether completion gives back what was charged beyond the tokens really used
 * @param countUnsuccessful whether a 4xx answer uses one request of the minute
 */
public record LimitSettings(
    LimiterKind kind, int timeCompression, boolean refund, boolean countUnsuccessful) {
  public LimitSettings {
    if (timeCompression < 1 || timeCompression > 1_000) {
      throw new IllegalArgumentException("set time_compression to 1 … 1000");
    }
  }

  public static LimitSettings defaults() {
    return new LimitSettings(LimiterKind.BUCKET, 1, false, true);
  }
}
