package dev.sluice.common.trim;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How long a conversation may be, and what becomes of one that is longer. Models' contexts are
 * data, never code: they stand in {@code sluice-contexts.yml}.
 *
 * @param mode who may have older turns left out of a conversation that is too long; {@code always}:
 *     everybody who does not say {@code truncation: "disabled"}; {@code auto}: who says {@code
 *     truncation: "auto"}, as with OpenAI; {@code never}: nobody
 * @param maxInputTokens most input tokens of a request of any model
 * @param poolMaxInputTokens most input tokens of a request, by the pool that it draws on; stands
 *     for {@code max-input-tokens} there
 * @param answerTokens room that trimming leaves in the context for an answer where the request sets
 *     no {@code max_output_tokens}
 * @param step share of the limit by which a conversation that has become too long is shortened at
 *     once; the larger, the more often the provider's prompt cache knows how it begins, and the
 *     less of it is left
 * @param contexts what models can hold, by any name; a model that none lists is not trimmed to a
 *     context
 */
@Validated
@ConfigurationProperties("sluice.trim")
public record TrimProperties(
    @DefaultValue("always") Mode mode,
    @Nullable @Positive Long maxInputTokens,
    @DefaultValue Map<String, @Positive Long> poolMaxInputTokens,
    @DefaultValue("4096") @PositiveOrZero long answerTokens,
    @DefaultValue("0.25") @PositiveOrZero @Max(1) double step,
    @DefaultValue Map<String, @Valid Context> contexts) {
  private static final Pattern DATE = Pattern.compile("-(\\d{4}-\\d{2}-\\d{2}|\\d{4})$");
  private static final Context UNKNOWN = new Context(List.of("unknown"), Limits.NONE, null);

  /** Who may have older turns left out. */
  public enum Mode {
    ALWAYS,
    AUTO,
    NEVER;

    /**
     * @param truncation what the request says, empty if nothing
     */
    boolean mayDrop(String truncation) {
      return switch (this) {
        case ALWAYS -> !truncation.equals("disabled");
        case AUTO -> truncation.equals("auto");
        case NEVER -> false;
      };
    }
  }

  /**
   * What some models can hold.
   *
   * @param models by name; their dated versions and tuned models count with them
   * @param window tokens of input and output together
   * @param maxInput input tokens, where they are fewer than {@code window}
   */
  public record Context(
      @NotEmpty List<@NotBlank String> models,
      @Positive long window,
      @Nullable @Positive Long maxInput) {
    public Context {
      if (maxInput != null && maxInput > window)
        throw new IllegalArgumentException(
            "max-input %d of %s is above window %d: a model cannot read more than it holds"
                .formatted(maxInput, models, window));
    }

    /** Input tokens beside an output of {@code output} tokens. */
    long input(long output) {
      long beside = window == Limits.NONE ? window : window - output;
      return maxInput == null ? beside : Math.min(maxInput, beside);
    }
  }

  public TrimProperties {
    contexts.forEach((name, context) ->
        contexts.forEach((otherName, other) -> {
          if (name.compareTo(otherName) >= 0) return;
          for (var model : context.models())
            if (other.models().contains(model))
              throw new IllegalArgumentException(
                  "set sluice.trim.contexts so that model %s is in one of %s and %s only"
                      .formatted(model, name, otherName));
        }));
  }

  /** Input tokens that the operator allows. */
  long allowedIn(String pool) {
    var ofPool = poolMaxInputTokens.get(pool);
    if (ofPool != null) return ofPool;
    return maxInputTokens == null ? Limits.NONE : maxInputTokens;
  }

  /** What {@code model} can hold; without bounds if nobody has said. */
  Context contextOf(String model) {
    var base = baseOf(model);
    var undated = DATE.matcher(base).replaceFirst("");
    for (var name : List.of(model, base, undated))
      for (var context : contexts.values()) if (context.models().contains(name)) return context;
    return UNKNOWN;
  }

  /** What was tuned, of a tuned model: {@code ft:<model>:<organisation>:…}. */
  private static String baseOf(String model) {
    if (!model.startsWith("ft:")) return model;
    int end = model.indexOf(':', 3);
    return model.substring(3, end < 0 ? model.length() : end);
  }
}
