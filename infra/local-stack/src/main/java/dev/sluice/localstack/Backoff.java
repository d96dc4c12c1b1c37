package dev.sluice.localstack;

import java.time.Duration;

/** Pauses before restarts: 1, 2, 4 … 30 s, from the start again after a minute of service. */
final class Backoff {

  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final Duration SOUND = Duration.ofMinutes(1);

  private Duration next = FIRST;

  /**
   * @param served how long the part served before it died; zero if it did not start
   */
  Duration after(Duration served) {
    if (served.compareTo(SOUND) >= 0) {
      next = FIRST;
    }
    var pause = next;
    var doubled = next.multipliedBy(2);
    next = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    return pause;
  }
}
