package dev.sluice.common.budget;

import jakarta.validation.constraints.Positive;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the provider grants a pool in one of its usage tiers.
 *
 * @param rpm requests per minute
 * @param tpm tokens per minute
 * @param rpd requests per day, where the tier has such a limit
 * @param tpd tokens per day, where the tier has such a limit
 */
public record Tier(
    @Positive long rpm,
    @Positive long tpm,
    @Nullable @Positive Long rpd,
    @Nullable @Positive Long tpd) {
  /** More than any account is granted; a bucket that refills faster than once a ns cannot count. */
  public static final long MOST = 10_000_000_000L;

  public Tier {
    if (rpm > MOST || tpm > MOST || rpd != null && rpd > MOST || tpd != null && tpd > MOST)
      throw new IllegalArgumentException("a limit is at most %,d".formatted(MOST));
    if (rpd != null && rpd < rpm)
      throw new IllegalArgumentException(
          "rpd %d is below rpm %d: a day cannot grant less than a minute".formatted(rpd, rpm));
    if (tpd != null && tpd < tpm)
      throw new IllegalArgumentException(
          "tpd %d is below tpm %d: a day cannot grant less than a minute".formatted(tpd, tpm));
  }

  /** The limits that apply, by bandwidth. */
  public Map<Bandwidth, Long> limits() {
    var limits = new EnumMap<Bandwidth, Long>(Bandwidth.class);
    limits.put(Bandwidth.RPM, rpm);
    limits.put(Bandwidth.TPM, tpm);
    if (rpd != null) limits.put(Bandwidth.RPD, rpd);
    if (tpd != null) limits.put(Bandwidth.TPD, tpd);
    return limits;
  }

  /** The most tokens that one request may need: a larger one would wait for ever. */
  public long mostTokens() {
    return tpd == null ? tpm : Math.min(tpm, tpd);
  }
}
