package dev.sluice.localstack.command;

import dev.sluice.localstack.process.StackException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The words after the command, taken one option at a time; what is left over is a mistake. */
final class Arguments {

  private static final Pattern DECIMAL = Pattern.compile("\\d{1,9}(?:\\.\\d{1,9})?");
  private static final Pattern DURATION = Pattern.compile("(" + DECIMAL.pattern() + ")(ms|s|m)");

  private final List<String> left;

  Arguments(List<String> words) {
    left = new ArrayList<>(words);
  }

  /** Whether the flag was given. */
  boolean flag(String name) {
    return left.remove(name);
  }

  /** The value after the option, or after {@code option=}. */
  Optional<String> value(String option) {
    for (int i = 0; i < left.size(); i++) {
      var word = left.get(i);
      if (word.startsWith(option + "=")) {
        left.remove(i);
        return Optional.of(word.substring(option.length() + 1));
      }
      if (word.equals(option)) {
        if (i + 1 == left.size()) {
          throw new StackException("%s needs a value".formatted(option));
        }
        left.remove(i);
        return Optional.of(left.remove(i));
      }
    }
    return Optional.empty();
  }

  int number(String option, int least, int most, int otherwise) {
    var given = value(option);
    if (given.isEmpty()) {
      return otherwise;
    }
    try {
      int number = Integer.parseInt(given.get());
      if (least <= number && number <= most) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // Told below, like a number out of range.
    }
    throw new StackException(
        "%s takes a number from %d to %d, not %s".formatted(option, least, most, given.get()));
  }

  /** From 0 to {@code most}, with decimals. */
  double decimal(String option, int most, double otherwise) {
    var given = value(option);
    if (given.isEmpty()) {
      return otherwise;
    }
    if (DECIMAL.matcher(given.get()).matches()) {
      double number = Double.parseDouble(given.get());
      if (number <= most) {
        return number;
      }
    }
    throw new StackException(
        "%s takes a number from 0 to %d, such as 0.5 or 20, not %s"
            .formatted(option, most, given.get()));
  }

  /** A number and its unit: ms, s or m. */
  Duration duration(String option, Duration most, Duration otherwise) {
    var given = value(option);
    if (given.isEmpty()) {
      return otherwise;
    }
    var parts = DURATION.matcher(given.get());
    if (parts.matches()) {
      double millis =
          Double.parseDouble(parts.group(1))
              * switch (parts.group(2)) {
                case "ms" -> 1;
                case "s" -> 1_000;
                default -> 60_000;
              };
      if (millis <= most.toMillis()) {
        return Duration.ofMillis(Math.round(millis));
      }
    }
    throw new StackException(
        "%s takes a time up to %dm, such as 800ms, 4s or 1.5s, not %s"
            .formatted(option, most.toMinutes(), given.get()));
  }

  /** The only word that is left. */
  String word(String meaning) {
    Deque<String> words = new ArrayDeque<>(left);
    if (words.isEmpty()) {
      throw new StackException("say which %s; ./sluice help".formatted(meaning));
    }
    left.removeFirst();
    requireNoMore();
    return words.getFirst();
  }

  void requireNoMore() {
    if (!left.isEmpty()) {
      throw new StackException("what is %s? ./sluice help".formatted(left.getFirst()));
    }
  }
}
