package dev.sluice.common.token;

/**
 * What a part of a request weighs.
 *
 * @param tokens that the model will read
 * @param characters of its text
 */
public record Size(long tokens, long characters) {
  public Size plus(Size other) {
    return new Size(tokens + other.tokens, characters + other.characters);
  }

  public Size minus(Size other) {
    return new Size(tokens - other.tokens, characters - other.characters);
  }
}
