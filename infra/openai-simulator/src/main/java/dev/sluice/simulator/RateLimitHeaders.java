package dev.sluice.simulator;

import com.sun.net.httpserver.Headers;
import dev.sluice.simulator.limit.Levels;
import dev.sluice.simulator.limit.Levels.Level;

/** The headers of the rate limits guide: {@code x-ratelimit-*} and {@code retry-after(-ms)}. */
final class RateLimitHeaders {
  private static final long NANOS_PER_MS = 1_000_000;

  private RateLimitHeaders() {}

  static void put(Headers headers, Levels levels) {
    levels.requests().ifPresent(level -> put(headers, "requests", level));
    levels.tokens().ifPresent(level -> put(headers, "tokens", level));
  }

  static void putRetryAfter(Headers headers, long retryAfterMs) {
    headers.set("retry-after-ms", Long.toString(retryAfterMs));
    headers.set("retry-after", Long.toString(Math.ceilDiv(retryAfterMs, 1_000)));
  }

  static long millis(long nanos) {
    return Math.ceilDiv(nanos, NANOS_PER_MS);
  }

  /**
   * As the provider writes intervals: {@code 17ms}, {@code 18.642s}, {@code 6m0s}, {@code 1h2m3s}.
   */
  static String interval(long millis) {
    if (millis == 0) {
      return "0s";
    }
    if (millis < 1_000) {
      return millis + "ms";
    }
    var hours = millis / 3_600_000;
    var minutes = millis / 60_000 % 60;
    var prefix = hours > 0 ? hours + "h" + minutes + "m" : minutes > 0 ? minutes + "m" : "";
    return prefix + seconds(millis % 60_000) + "s";
  }

  private static void put(Headers headers, String what, Level level) {
    headers.set("x-ratelimit-limit-" + what, Long.toString(level.limit()));
    headers.set("x-ratelimit-remaining-" + what, Long.toString(level.remaining()));
    headers.set("x-ratelimit-reset-" + what, interval(millis(level.untilFullNanos())));
  }

  private static String seconds(long millis) {
    var whole = Long.toString(millis / 1_000);
    var rest = millis % 1_000;
    return rest == 0 ? whole : whole + "." + "%03d".formatted(rest).replaceAll("0+$", "");
  }
}
