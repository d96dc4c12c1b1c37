package dev.sluice.localstack.process;

import org.jspecify.annotations.Nullable;

/** Why the stack cannot do what was asked: one sentence for the person at the keyboard. */
public final class StackException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public StackException(String sentence) {
    this(sentence, null);
  }

  public StackException(String sentence, @Nullable Throwable cause) {
    super(sentence, cause);
  }

  /** The sentence that tells the person what to do. */
  public String sentence() {
    return String.valueOf(getMessage());
  }
}
