package dev.sluice.worker.model;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The provider's own counters, as it told them in the headers of an answer ({@code x-ratelimit-*},
 * OpenAI's rate limits guide). A counter of which not all is told is absent.
 */
public record RateLimits(Optional<Counter> requests, Optional<Counter> tokens) {
  // 1s, 6m0s, 1h2m3.5s, 17ms
  private static final Pattern INTERVAL =
      Pattern.compile("(?:(\\d+)d)?(?:(\\d+)h)?(?:(\\d+)m(?!s))?(?:([\\d.]+)s)?(?:([\\d.]+)ms)?");

  /**
   * @param limit what is granted
   * @param remaining of it
   * @param fullIn until nothing of it is used any more
   */
  public record Counter(long limit, long remaining, Duration fullIn) {
    public long used() {
      return limit - remaining;
    }
  }

  /**
   * @param header the value of a header by its name, if there is one
   */
  static RateLimits of(Function<String, Optional<String>> header) {
    return new RateLimits(counter(header, "requests"), counter(header, "tokens"));
  }

  private static Optional<Counter> counter(Function<String, Optional<String>> header, String what) {
    try {
      return header
          .apply("x-ratelimit-limit-" + what)
          .flatMap(limit ->
              header
                  .apply("x-ratelimit-remaining-" + what)
                  .flatMap(remaining ->
                      header
                          .apply("x-ratelimit-reset-" + what)
                          .flatMap(RateLimits::interval)
                          .map(fullIn ->
                              new Counter(
                                  Long.parseLong(limit), Long.parseLong(remaining), fullIn))));
    } catch (NumberFormatException notACount) {
      return Optional.empty();
    }
  }

  /** As the provider writes it: {@code 17ms}, {@code 18.642s}, {@code 6m0s}, {@code 1h2m3s}. */
  static Optional<Duration> interval(String text) {
    var parts = INTERVAL.matcher(text.strip());
    if (text.isBlank() || !parts.matches()) return Optional.empty();
    double seconds =
        number(parts.group(1)) * 86_400
            + number(parts.group(2)) * 3_600
            + number(parts.group(3)) * 60
            + number(parts.group(4))
            + number(parts.group(5)) / 1_000;
    return Optional.of(Duration.ofNanos(Math.round(seconds * 1e9)));
  }

  private static double number(@org.jspecify.annotations.Nullable String group) {
    return group == null ? 0 : Double.parseDouble(group);
  }
}
