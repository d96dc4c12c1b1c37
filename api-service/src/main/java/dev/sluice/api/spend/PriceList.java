package dev.sluice.api.spend;

import static java.util.stream.Collectors.groupingBy;

import dev.sluice.common.spend.ModelFamily;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What calls will probably cost, from the rate cards and from how long answers are. Immutable. */
final class PriceList {
  private static final String DEFAULT_TIER = "default";

  private final Map<Priced, List<CardPrices>> cards;
  private final Map<String, Long> usualOutput;
  private final long unknownOutput;

  private record Priced(String model, String serviceTier) {}

  /**
   * @param usualOutput tokens that a model's attempts put out on average, by model and by family
   * @param unknownOutput the same of a model that is not among them
   */
  PriceList(List<CardPrices> cards, Map<String, Long> usualOutput, long unknownOutput) {
    this.cards =
        cards.stream().collect(groupingBy(card -> new Priced(card.model(), card.serviceTier())));
    this.usualOutput = usualOutput;
    this.unknownOutput = unknownOutput;
  }

  /**
   * The cost of a call, USD; nothing where no card is in force.
   *
   * @param maxOutput the most that it may put out, tokens; 0 where the request does not say
   */
  BigDecimal estimate(
      String model, String serviceTier, long inputTokens, long maxOutput, Instant at) {
    var card = card(model, serviceTier, at);
    if (card == null) return BigDecimal.ZERO;
    return card.cost(inputTokens, maxOutput > 0 ? maxOutput : usualOutput(model));
  }

  private long usualOutput(String model) {
    var own = usualOutput.get(model);
    if (own != null) return own;
    return usualOutput.getOrDefault(ModelFamily.of(model), unknownOutput);
  }

  /** Of the tier asked for, else of the one that the provider falls back to. */
  private @Nullable CardPrices card(String model, String serviceTier, Instant at) {
    var card = ofFamily(model, serviceTier, at);
    return card == null && !serviceTier.equals(DEFAULT_TIER)
        ? ofFamily(model, DEFAULT_TIER, at)
        : card;
  }

  private @Nullable CardPrices ofFamily(String model, String serviceTier, Instant at) {
    var own = find(new Priced(model, serviceTier), at);
    return own == null ? find(new Priced(ModelFamily.of(model), serviceTier), at) : own;
  }

  private @Nullable CardPrices find(Priced priced, Instant at) {
    for (var card : cards.getOrDefault(priced, List.of())) if (card.isInForce(at)) return card;
    return null;
  }
}
