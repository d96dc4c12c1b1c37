package dev.sluice.simulator.wire;

import java.util.ArrayList;
import java.util.List;

/** The model's text for a prompt: always the same for the same prompt and limit. */
public final class Answer {
  /*
   * A token is a word together with the white space before it, so joined tokens are the text and the
   * count is exact. The text has a heading and a first sentence that echo the question, then
   * paragraphs drawn from a fixed stock by a generator seeded from the question.
   */
  private static final int SHORTEST = 48;
  private static final int SPREAD = 96;
  private static final int ECHOED_WORDS = 8;
  private static final int LONGEST_ECHO = 24;

  private static final List<String> SENTENCES =
      List.of(
          "Start from what you can measure, and let the figure decide.",
          "A small example usually shows more than a long explanation.",
          "The first step is to write down what must **always** hold.",
          "Keep the part that changes often away from the part that must not.",
          "When two answers look equally good, prefer the one that is easier to undo.",
          "It helps to name the trade-off openly instead of hiding it.",
          "Most surprises come from limits that nobody wrote down.",
          "If it has to be fast, make it *simple* first.",
          "A queue turns a burst into a wait, which is often what people wanted.",
          "Check the result against the original question before going on.",
          "What is counted exactly can be explained exactly.",
          "In short: one idea at a time, and each of them tested.");

  private final List<String> tokens;
  private final boolean complete;

  private Answer(List<String> tokens, boolean complete) {
    this.tokens = tokens;
    this.complete = complete;
  }

  /**
   * @param maxTokens 0 for no limit
   */
  public static Answer to(Prompt prompt, int maxTokens) {
    var question = prompt.question();
    var seed = question.hashCode();
    var asked = prompt.directive("tokens");
    var wanted = asked >= 0 ? asked : SHORTEST + Math.floorMod(seed, SPREAD);
    var length = maxTokens == 0 ? wanted : Math.min(wanted, maxTokens);
    return new Answer(write(question, seed, length), length == wanted);
  }

  public List<String> tokens() {
    return tokens;
  }

  /** Whether the text ended by itself rather than at the limit. */
  public boolean isComplete() {
    return complete;
  }

  private static List<String> write(String question, int seed, int length) {
    var tokens = new ArrayList<String>(length);
    var echo = echo(question);
    add(tokens, length, "", "### About “" + echo + "”");
    add(tokens, length, "\n\n", "You asked about “" + echo + "”. Here is a way to think about it.");
    var draw = seed;
    for (int sentence = 0; tokens.size() < length; sentence++) {
      draw = draw * 1_664_525 + 1_013_904_223; // Numerical Recipes' generator
      var text = SENTENCES.get(Math.floorMod(draw >> 16, SENTENCES.size()));
      switch (sentence % 4) {
        case 0 -> add(tokens, length, "\n\n", text);
        case 1 -> add(tokens, length, "\n", "- " + text);
        default -> add(tokens, length, " ", text);
      }
    }
    return tokens;
  }

  private static void add(List<String> tokens, int length, String separator, String text) {
    var before = separator;
    for (var word : text.split(" ")) {
      if (tokens.size() == length) {
        return;
      }
      tokens.add(before + word);
      before = " ";
    }
  }

  private static String echo(String question) {
    var words = new ArrayList<String>();
    for (var word : question.split("\\s+")) {
      if (words.size() == ECHOED_WORDS) {
        break;
      }
      if (!word.isEmpty()) {
        words.add(word.length() > LONGEST_ECHO ? word.substring(0, LONGEST_ECHO) + "…" : word);
      }
    }
    return words.isEmpty() ? "nothing in particular" : String.join(" ", words);
  }
}
