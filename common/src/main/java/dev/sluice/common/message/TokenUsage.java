package dev.sluice.common.message;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Tokens of one attempt, as the provider tells them: they are checked where they are written down,
 * not here, so that nothing absurd is lost on the way.
 *
 * @param input all input tokens, cached ones, those written to the cache and audio included
 * @param cachedInput input tokens that the provider had cached
 * @param cacheWrite input tokens that were written to the provider's cache
 * @param output all output tokens, reasoning and audio included
 * @param reasoning output tokens spent on reasoning
 * @param estimated whether we counted them because the provider did not say
 * @param inputAudio input tokens of audio
 * @param outputAudio output tokens of audio
 */
public record TokenUsage(
    long input,
    long cachedInput,
    long cacheWrite,
    long output,
    long reasoning,
    boolean estimated,
    long inputAudio,
    long outputAudio) {
  /** An attempt that the provider refused or never answered. */
  public static final TokenUsage NONE = new TokenUsage(0, 0, 0, 0, 0, false);

  /** Without audio. */
  public TokenUsage(
      long input,
      long cachedInput,
      long cacheWrite,
      long output,
      long reasoning,
      boolean estimated) {
    this(input, cachedInput, cacheWrite, output, reasoning, estimated, 0, 0);
  }

  /** Events of older builds know no audio. */
  @JsonCreator
  static TokenUsage read(
      @JsonProperty("input") long input,
      @JsonProperty("cachedInput") long cachedInput,
      @JsonProperty("cacheWrite") long cacheWrite,
      @JsonProperty("output") long output,
      @JsonProperty("reasoning") long reasoning,
      @JsonProperty("estimated") boolean estimated,
      @JsonProperty("inputAudio") @Nullable Long inputAudio,
      @JsonProperty("outputAudio") @Nullable Long outputAudio) {
    return new TokenUsage(
        input,
        cachedInput,
        cacheWrite,
        output,
        reasoning,
        estimated,
        inputAudio == null ? 0 : inputAudio,
        outputAudio == null ? 0 : outputAudio);
  }

  /** What the provider told: {@code usage} of a response object. What it leaves out is zero. */
  public static TokenUsage told(JsonNode usage) {
    var input = usage.path("input_tokens_details");
    var output = usage.path("output_tokens_details");
    return new TokenUsage(
        usage.path("input_tokens").asLong(),
        input.path("cached_tokens").asLong(),
        input.path("cache_write_tokens").asLong(),
        usage.path("output_tokens").asLong(),
        output.path("reasoning_tokens").asLong(),
        false,
        input.path("audio_tokens").asLong(),
        output.path("audio_tokens").asLong());
  }

  /** Counted by us: the stream ended before the provider told. */
  public static TokenUsage estimated(long input, long output) {
    return new TokenUsage(input, 0, 0, output, 0, true);
  }

  /** Input and output. */
  public long total() {
    return input + output;
  }
}
