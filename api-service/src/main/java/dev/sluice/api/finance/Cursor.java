package dev.sluice.api.finance;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Base64;

/**
 * A place in the ledger's order; callers take it as it is. To the microsecond, as Postgres has it.
 *
 * @param attempt 0 where only requests are gone through
 * @param line of the entry, from 1; 0 is before the first
 */
record Cursor(Instant openedAt, String requestId, int attempt, int entry, int line) {
  private static final int PARTS = 5;

  /** Of a list of requests. */
  static Cursor of(Instant openedAt, String requestId) {
    return new Cursor(openedAt, requestId, 0, 0, 0);
  }

  /**
   * @throws SluiceException if it is none of ours
   */
  static Cursor parse(String text) {
    try {
      var parts = new String(Base64.getUrlDecoder().decode(text), UTF_8).split(" ", PARTS);
      if (parts.length == PARTS)
        return new Cursor(
            Instant.EPOCH.plus(Long.parseLong(parts[0]), ChronoUnit.MICROS),
            parts[4],
            Integer.parseInt(parts[1]),
            Integer.parseInt(parts[2]),
            Integer.parseInt(parts[3]));
    } catch (IllegalArgumentException | ArithmeticException garbled) {
      // Said below
    }
    throw new SluiceException(
        ErrorCode.INVALID_VALUE,
        "This is no cursor. Send one as it was received, or none to begin at the beginning.",
        "cursor");
  }

  String text() {
    var plain =
        "%d %d %d %d %s"
            .formatted(
                ChronoUnit.MICROS.between(Instant.EPOCH, openedAt),
                attempt,
                entry,
                line,
                requestId);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(plain.getBytes(UTF_8));
  }

  OffsetDateTime at() {
    return openedAt.atOffset(ZoneOffset.UTC);
  }
}
