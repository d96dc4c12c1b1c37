package dev.sluice.localstack.command;

import dev.sluice.localstack.process.StackException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** The words after the command, taken one option at a time; what is left over is a mistake. */
final class Arguments {

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
