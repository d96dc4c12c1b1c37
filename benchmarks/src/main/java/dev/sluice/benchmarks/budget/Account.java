package dev.sluice.benchmarks.budget;

import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.Priority;
import java.time.Duration;

/**
 * The limits that all subjects share, and how fast the provider's time passes.
 *
 * <p>Compressed by 12, a provider minute lasts 5 s. Limits keep their figures, requests come 12
 * times as fast, and every wait that a client chooses is 12 times shorter. What cannot be shortened
 * is the machine: its scheduling, garbage collection and network take 12 times more of a minute, so
 * the test is harder than the real thing, never easier.
 *
 * @param pool whose budget is drawn on
 * @param model one of the pool's
 * @param rpm requests a minute
 * @param tpm tokens a minute
 * @param compression how many provider minutes pass in one of ours
 */
record Account(String pool, String model, long rpm, long tpm, int compression) {
  static final String TIER = "tier-1";

  private static final long RPM = 500;
  private static final long TPM = 30_000;

  /**
   * What tier-1 grants gpt-4o: tokens bind before requests do, and there is no limit of a day. Each
   * limiter has a pool of its own: no provider changes its way of counting, and a budget that has
   * learnt one must not meet the other.
   */
  static Account under(Limiter limiter, int compression) {
    return switch (limiter) {
      case BUCKET -> new Account("gpt-4o", "gpt-4o", RPM, TPM, compression);
      case WINDOW -> new Account("gpt-4o-mini", "gpt-4o-mini", RPM, TPM, compression);
    };
  }

  /** Settings that give both pools these limits, as JSON; the other model's own are higher. */
  static String settings() {
    return """
    {"sluice":{"budget":{"pools":{"gpt-4o-mini":{"tiers":{"%s":{"rpm":%d,"tpm":%d,"rpd":1000000}}}}}}}\
    """
        .formatted(TIER, RPM, TPM);
  }

  /** Far more than an idle fleet asks for. */
  static Account ofGpt35(int compression) {
    return new Account("gpt-35-turbo", "gpt-3.5-turbo", 3_500, 200_000, compression);
  }

  /** Where its requests wait. */
  Lane lane() {
    return new Lane(pool, Priority.INTERACTIVE);
  }

  /** How long a provider minute lasts here. */
  Duration minute() {
    return ours(Duration.ofMinutes(1));
  }

  /** How long that much of the provider's time lasts here. */
  Duration ours(Duration providerTime) {
    return providerTime.dividedBy(compression);
  }

  /** Tokens that the limit grants in a time of ours. */
  double granted(Duration time) {
    return tpm * (double) time.toNanos() / minute().toNanos();
  }
}
