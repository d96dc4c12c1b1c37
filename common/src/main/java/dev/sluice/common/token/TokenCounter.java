package dev.sluice.common.token;

import tools.jackson.databind.JsonNode;

/**
 * Counts the input tokens of a Responses body and what the provider will charge for it up front.
 *
 * <p>Text is counted with the model's own encoding, {@code cl100k_base} up to gpt-4-turbo and
 * {@code o200k_base} since. A model of neither generation is counted as {@code o200k_base} and a
 * tenth more. What stands around messages and functions are the figures of OpenAI's cookbook "How
 * to count tokens with tiktoken"; images cost what its guide "Images and vision" says. For files,
 * audio and items of other types no figures are published: they are estimated, see {@code
 * Attachment}.
 *
 * <p>Thread-safe. Counting takes about a microsecond a token and grows with the length of the
 * input, whatever it is made of.
 */
public final class TokenCounter {
  /** What primes the answer; the cookbook's figure. */
  private static final int REQUEST_OVERHEAD = 3;

  // OpenAI's rate-limit guide: without max_output_tokens the charge is estimated from the number of
  // characters; four characters a token is the guide's own rule of thumb.
  private static final int CHARACTERS_PER_TOKEN = 4;

  /**
   * @param input tokens that the model will read
   * @param charge tokens that the provider counts against TPM when it admits the request
   */
  public record Count(long input, long charge) {}

  /** Counts a Responses body: its {@link #frame} and each {@link #item}. */
  public Count count(String model, JsonNode body) {
    var size = frame(model, body);
    var input = body.path("input");
    if (input.isString()) size = size.plus(item(model, input));
    else for (var item : input) size = size.plus(item(model, item));
    return count(size, body);
  }

  /**
   * Counts a body whose size is known.
   *
   * @param size of its frame and of all its items
   */
  public Count count(Size size, JsonNode body) {
    long maxOutput = body.path("max_output_tokens").asLong(0);
    return new Count(size.tokens(), Math.max(1, Math.max(inputCharge(size), maxOutput)));
  }

  /**
   * What the provider's rule alone charges: {@code max_output_tokens}, or a token for every four
   * characters; the rule is silent on images and files, which weigh what they are counted as.
   * Nothing is encoded, so it takes a hundredth of the time that counting does.
   */
  public long leastCharge(JsonNode body) {
    var tally = new Tally(Dialect.of(body.path("model").asString("")), false);
    addFrame(tally, body);
    var input = body.path("input");
    if (input.isString()) tally.item(input);
    else for (var item : input) tally.item(item);
    long ofText = Math.ceilDiv(tally.size().characters(), (long) CHARACTERS_PER_TOKEN);
    long maxOutput = body.path("max_output_tokens").asLong(0);
    return Math.max(1, Math.max(ofText + tally.attached(), maxOutput));
  }

  /** What {@code size} adds to the charge where no output limit does. */
  public static long inputCharge(Size size) {
    return Math.max(size.tokens(), Math.ceilDiv(size.characters(), (long) CHARACTERS_PER_TOKEN));
  }

  /**
   * The size of all but the input: instructions, tools, the answer's format, template variables.
   */
  public Size frame(String model, JsonNode body) {
    var tally = tally(model);
    addFrame(tally, body);
    return tally.size();
  }

  private static void addFrame(Tally tally, JsonNode body) {
    tally.tokens(REQUEST_OVERHEAD);
    var instructions = body.path("instructions");
    if (instructions.isString() && !instructions.asString().isEmpty()) tally.item(instructions);
    else for (var item : instructions) tally.item(item);
    tally.tools(body.path("tools"));
    var format = body.path("text").path("format");
    tally.values(format.path("name"), false);
    tally.values(format.path("description"), false);
    tally.schema(format.path("schema"));
    tally.values(body.path("prompt").path("variables"), true);
  }

  /**
   * The size of one input item, or of a string, which stands for a user's message. It does not
   * depend on the items around it.
   */
  public Size item(String model, JsonNode item) {
    var tally = tally(model);
    tally.item(item);
    return tally.size();
  }

  /** Tokens of {@code text} alone, without anything around it. */
  public long count(String model, String text) {
    return Dialect.of(model).count(text);
  }

  private Tally tally(String model) {
    return new Tally(Dialect.of(model), true);
  }
}
