package dev.sluice.api.finance;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * The days that a question is about, UTC. Never without an end: the ledger keeps everything, and
 * nobody means all of it.
 *
 * @param from first day
 * @param to first day after it
 */
record Period(LocalDate from, LocalDate to) {
  private static final int MOST_DAYS = 400;

  /**
   * @throws SluiceException if the question names no period, or none that can be
   */
  static Period of(@Nullable String from, @Nullable String to) {
    if (from == null || to == null) throw new SluiceException(ErrorCode.PERIOD_REQUIRED);
    var period = new Period(day("from", from), day("to", to));
    if (!period.from.isBefore(period.to))
      throw new SluiceException(
          ErrorCode.INVALID_VALUE,
          "to must be a later day than from: it is the first one that is left out.",
          "to");
    if (period.days() > MOST_DAYS)
      throw new SluiceException(
          ErrorCode.INVALID_VALUE,
          "The period has %d days, %d are allowed. Ask for a part of it."
              .formatted(period.days(), MOST_DAYS),
          "to");
    return period;
  }

  private static LocalDate day(String name, String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeException unreadable) {
      throw new SluiceException(
          ErrorCode.INVALID_VALUE, name + " must be a day such as 2026-11-25.", name);
    }
  }

  private long days() {
    return ChronoUnit.DAYS.between(from, to);
  }

  /** Whether it is made of whole months. */
  boolean isWholeMonths() {
    return from.getDayOfMonth() == 1 && to.getDayOfMonth() == 1;
  }

  /** Its first moment. */
  OffsetDateTime start() {
    return from.atStartOfDay().atOffset(ZoneOffset.UTC);
  }

  /** The first moment after it. */
  OffsetDateTime end() {
    return to.atStartOfDay().atOffset(ZoneOffset.UTC);
  }
}
