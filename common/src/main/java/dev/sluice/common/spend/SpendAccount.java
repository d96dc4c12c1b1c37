package dev.sluice.common.spend;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;

/**
 * What one subject spends in one period, as Redis keeps it; see {@link SpendScript}.
 *
 * @param start first day of the period, UTC
 */
public record SpendAccount(SpendScope scope, String subject, SpendPeriod period, LocalDate start) {
  /** The only currency that caps are in; what is priced in another one does not count. */
  public static final String CURRENCY = "USD";

  private static final int DECIMALS = 10;
  // Reservations of its last moments may still be looked at
  private static final Duration KEPT_AFTER_END = Duration.ofHours(1);

  /** The account in which something that happens now is counted. */
  public static SpendAccount at(SpendScope scope, String subject, SpendPeriod period, Instant now) {
    return new SpendAccount(scope, subject, period, period.startOf(now));
  }

  /** First moment of the next period. */
  public Instant end() {
    return period.endOf(start);
  }

  /** Until when Redis keeps it. */
  public Instant keptUntil() {
    return end().plus(KEPT_AFTER_END);
  }

  /** Keys of the account and of its reservations by expiry; braces make them one hash slot. */
  public String[] keys() {
    var key = "sluice:spend:{%s:%s}:%s:%s".formatted(scope.label(), subject, period.label(), start);
    return new String[] {key, key + ":reservations"};
  }

  /** Money as Redis counts it: whole units of 1e-10 USD, the ledger's own precision. */
  public static String units(BigDecimal usd) {
    return usd.movePointRight(DECIMALS)
        .setScale(0, RoundingMode.HALF_EVEN)
        .toBigInteger()
        .toString();
  }

  /** The same the other way round, without trailing zeros beyond cents. */
  public static BigDecimal usd(String units) {
    var amount = new BigDecimal(units).movePointLeft(DECIMALS).stripTrailingZeros();
    return amount.scale() < 2 ? amount.setScale(2, RoundingMode.UNNECESSARY) : amount;
  }
}
