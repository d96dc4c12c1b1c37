package dev.sluice.common.trim;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the provider says of a model's context when it refuses a conversation as too long.
 *
 * @param limit tokens that the model takes
 * @param input tokens that the provider counted of the input; 0 where it did not say
 * @param holdsAnswer whether {@code limit} is of input and answer together
 */
public record ContextLimit(long limit, long input, boolean holdsAnswer) {
  /*
   * The provider's sentences, as its users quote them:
   *
   * - This model's maximum context length is 8192 tokens. However, your messages resulted in 9000
   *   tokens (8900 in the messages, 100 in the functions).
   * - This model's maximum context length is 4097 tokens. However, you requested 5360 tokens (1360
   *   in the messages, 4000 in the completion).
   * - This model's maximum context length is 4097 tokens, however you requested 5360 tokens (1360
   *   in your prompt; 4000 for the completion).
   * - Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 280000
   *   tokens.
   *
   * "Your input exceeds the context window of this model" names no figure.
   */
  private static final Pattern CONTEXT = number("maximum context length (?:is|of) ");
  private static final Pattern INPUT_LIMIT = number("Input tokens exceed the configured limit of ");
  private static final Pattern RESULTED = number("messages resulted in ");
  private static final Pattern REQUESTED =
      Pattern.compile("\\((\\d[\\d,]{0,11}) (?:in|from) (?:your|the) (?:input|messages|prompt)");

  /** Of the message of a refusal; empty if it names no figure. */
  public static Optional<ContextLimit> in(@Nullable String message) {
    if (message == null) return Optional.empty();
    long resulted = find(RESULTED, message);
    long input = resulted > 0 ? resulted : find(REQUESTED, message);
    long ofInput = find(INPUT_LIMIT, message);
    if (ofInput > 0) return Optional.of(new ContextLimit(ofInput, input, false));
    long context = find(CONTEXT, message);
    return context > 0 ? Optional.of(new ContextLimit(context, input, true)) : Optional.empty();
  }

  /** Tokens of the input as the provider counts them, by what can be known. */
  long inputAtLeast(long counted) {
    return input > 0 ? input : Math.max(counted, limit + 1);
  }

  private static Pattern number(String before) {
    return Pattern.compile(before + "(\\d[\\d,]{0,11})", Pattern.CASE_INSENSITIVE);
  }

  private static long find(Pattern pattern, String message) {
    Matcher found = pattern.matcher(message);
    return found.find() ? Long.parseLong(found.group(1).replace(",", "")) : 0;
  }
}
