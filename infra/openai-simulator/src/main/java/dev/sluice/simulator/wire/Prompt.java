package dev.sluice.simulator.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What the model was given to read: the messages' texts in order. */
public final class Prompt {
  /** Of a message beside its text: role and separators. */
  private static final int TOKENS_PER_MESSAGE = 4;

  /** Of any request: what primes the answer. */
  private static final int TOKENS_OF_ANSWER = 3;

  private static final int TOKENS_PER_IMAGE = 85;

  private static final Pattern DIRECTIVE =
      Pattern.compile("\\[\\[(tokens|cached)=(\\d{1,9})\\]\\]");

  private final List<String> texts = new ArrayList<>();
  private String question = "";
  private int images;
  private long characters;

  void message(String role, String text) {
    texts.add(role + ": " + text);
    characters += text.codePointCount(0, text.length());
    if (role.equals("user")) {
      question = text;
    }
  }

  void image() {
    images++;
  }

  /** What the limits charge for the input: a token for each four characters begun. */
  public long estimate() {
    return Math.ceilDiv(characters, 4) + (long) images * TOKENS_PER_IMAGE;
  }

  /** What the usage bills for the input. */
  public long inputTokens() {
    return estimate() + (long) texts.size() * TOKENS_PER_MESSAGE + TOKENS_OF_ANSWER;
  }

  /** All that was given, as one text. */
  public String text() {
    return String.join("\n", texts);
  }

  /** The newest user message without directives. */
  String question() {
    return DIRECTIVE.matcher(question).replaceAll("").strip();
  }

  /** The value of {@code [[name=N]]} in the newest user message; -1 without one. */
  int directive(String name) {
    var matcher = DIRECTIVE.matcher(question);
    var value = -1;
    while (matcher.find()) {
      if (matcher.group(1).equals(name)) {
        value = Integer.parseInt(matcher.group(2));
      }
    }
    return value;
  }
}
