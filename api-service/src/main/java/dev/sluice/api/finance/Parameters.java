package dev.sluice.api.finance;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/**
 * What the address of a question says. One that means nothing is refused: a filter with a slip in
 * its name would be answered with the sum of everything.
 */
final class Parameters {
  private final MultiValueMap<String, String> given;

  private Parameters(MultiValueMap<String, String> given) {
    this.given = given;
  }

  /**
   * @param filters names that it may have, beside a period
   * @param others what else it may have
   * @throws SluiceException if it has anything else
   */
  static Parameters of(
      MultiValueMap<String, String> given, List<Dimension> filters, String... others) {
    var known = new HashSet<>(List.of("from", "to"));
    known.addAll(List.of(others));
    for (var filter : filters) known.add(filter.label());
    for (var name : given.keySet())
      if (!known.contains(name))
        throw new SluiceException(
            ErrorCode.UNSUPPORTED_PARAMETER,
            "This parameter means nothing here. Leave it out, or see whether its name is right.",
            name);
    return new Parameters(given);
  }

  /**
   * @throws SluiceException if there is none, or none that can be
   */
  Period period() {
    return Period.of(text("from"), text("to"));
  }

  @Nullable String text(String name) {
    return given.getFirst(name);
  }

  /** As often as it was given. */
  List<String> all(String name) {
    return given.getOrDefault(name, List.of());
  }

  /**
   * @throws SluiceException if it is no number from 1 to {@code most}
   */
  int number(String name, int otherwise, int most) {
    var text = text(name);
    if (text == null) return otherwise;
    try {
      int number = Integer.parseInt(text);
      if (number >= 1 && number <= most) return number;
    } catch (NumberFormatException unreadable) {
      // Said below
    }
    throw new SluiceException(
        ErrorCode.INVALID_VALUE, "%s must be a number from 1 to %d.".formatted(name, most), name);
  }
}
