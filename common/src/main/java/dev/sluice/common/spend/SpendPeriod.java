package dev.sluice.common.spend;

import static java.time.ZoneOffset.UTC;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How long a cap holds until spending begins again at nothing; UTC, like the ledger's sums. */
public enum SpendPeriod {
  DAY,
  MONTH;

  /** As on the wire, in metrics and in Redis. */
  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<SpendPeriod> of(String label) {
    return Arrays.stream(values()).filter(period -> period.label().equals(label)).findFirst();
  }

  /** First day of the period in which {@code at} lies. */
  public LocalDate startOf(Instant at) {
    var day = at.atZone(UTC).toLocalDate();
    return this == DAY ? day : day.withDayOfMonth(1);
  }

  /** First moment after the period that begins with {@code start}. */
  public Instant endOf(LocalDate start) {
    var next = this == DAY ? start.plusDays(1) : start.plusMonths(1);
    return next.atStartOfDay(UTC).toInstant();
  }
}
