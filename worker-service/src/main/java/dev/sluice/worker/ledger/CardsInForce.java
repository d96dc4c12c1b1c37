package dev.sluice.worker.ledger;

import static java.util.stream.Collectors.groupingBy;

import dev.sluice.common.spend.ModelFamily;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the rate card of an attempt. Immutable. */
final class CardsInForce {
  private final Map<Priced, List<RateCard>> cards;

  private record Priced(String model, String serviceTier) {}

  CardsInForce(List<RateCard> cards) {
    this.cards = cards.stream().collect(groupingBy(c -> new Priced(c.model(), c.serviceTier())));
  }

  /**
   * The card for a model at a tier at a time. A dated model name such as {@code
   * gpt-4o-mini-2024-07-18} without a card of its own takes its family's.
   */
  Optional<RateCard> at(String model, String serviceTier, Instant at) {
    var own = find(new Priced(model, serviceTier), at);
    if (own != null) return Optional.of(own);
    return Optional.ofNullable(find(new Priced(ModelFamily.of(model), serviceTier), at));
  }

  private @Nullable RateCard find(Priced priced, Instant at) {
    for (var card : cards.getOrDefault(priced, List.of())) if (card.isInForce(at)) return card;
    return null;
  }
}
