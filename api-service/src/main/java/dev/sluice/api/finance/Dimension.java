package dev.sluice.api.finance;

import static java.util.stream.Collectors.joining;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What sums can be told apart by. */
enum Dimension {
  DAY("day"),
  MONTH("month"),
  SOURCE("source"),
  TEAM("team"),
  USER("user_id"),
  PROJECT("project"),
  MODEL("model"),
  PRIORITY("priority");

  private final String column;

  Dimension(String column) {
    this.column = column;
  }

  /** In the views. */
  String column() {
    return column;
  }

  /** In the API. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  boolean isTime() {
    return this == DAY || this == MONTH;
  }

  /**
   * Reads the parameter {@code by}: names, with commas between them.
   *
   * @throws SluiceException if it is missing, or names what cannot be asked for
   */
  static List<Dimension> all(@Nullable String by, List<Dimension> possible) {
    if (by == null || by.isBlank())
      throw new SluiceException(
          ErrorCode.MISSING_REQUIRED_PARAMETER,
          "by is missing. Name one or more of: %s.".formatted(labels(possible)),
          "by");
    var named = Arrays.stream(by.split(",")).map(name -> of(name, possible)).distinct().toList();
    if (named.contains(DAY) && named.contains(MONTH))
      throw new SluiceException(
          ErrorCode.INVALID_VALUE, "by may have day or month, not both.", "by");
    return named;
  }

  private static Dimension of(String name, List<Dimension> possible) {
    return possible.stream()
        .filter(dimension -> dimension.label().equals(name.strip()))
        .findFirst()
        .orElseThrow(() ->
            new SluiceException(
                ErrorCode.INVALID_VALUE,
                "by may have one or more of: %s.".formatted(labels(possible)),
                "by"));
  }

  private static String labels(List<Dimension> possible) {
    return possible.stream().map(Dimension::label).collect(joining(", "));
  }
}
