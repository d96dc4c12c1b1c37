package dev.sluice.worker.lease;

import dev.sluice.common.message.DeadLetter.FailedAttempt;
import java.time.Instant;
import java.util.List;

/** Failed attempts as they stand in Redis: {@code attempt code ms}, one a line. */
final class History {
  static String line(FailedAttempt failed) {
    return "%d %s %d\n".formatted(failed.attempt(), failed.code(), failed.at().toEpochMilli());
  }

  static List<FailedAttempt> read(String lines) {
    return lines
        .lines()
        .map(line -> line.split(" ", -1))
        .map(parts ->
            new FailedAttempt(
                Integer.parseInt(parts[0]),
                parts[1],
                Instant.ofEpochMilli(Long.parseLong(parts[2]))))
        .toList();
  }

  private History() {}
}
