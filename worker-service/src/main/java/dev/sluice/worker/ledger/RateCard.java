package dev.sluice.worker.ledger;

import static java.util.Objects.requireNonNull;

import dev.sluice.common.message.TokenUsage;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** Prices of a model at a service tier, from one moment to another. */
@Entity
@Immutable
@Table(name = "rate_card")
class RateCard {
  @Id private long id;

  private String model = "";

  @Column(name = "service_tier")
  private String serviceTier = "";

  private String currency = "";

  @Column(name = "valid_from")
  private Instant validFrom = Instant.EPOCH;

  @Column(name = "valid_until")
  private @Nullable Instant validUntil;

  @Column(name = "input_price")
  private BigDecimal input = BigDecimal.ZERO;

  @Column(name = "cached_input_price")
  private BigDecimal cachedInput = BigDecimal.ZERO;

  @Column(name = "cache_write_price")
  private BigDecimal cacheWrite = BigDecimal.ZERO;

  @Column(name = "output_price")
  private BigDecimal output = BigDecimal.ZERO;

  @Column(name = "long_context_above")
  private @Nullable Long longContextAbove;

  @Column(name = "long_input_price")
  private @Nullable BigDecimal longInput;

  @Column(name = "long_cached_input_price")
  private @Nullable BigDecimal longCachedInput;

  @Column(name = "long_cache_write_price")
  private @Nullable BigDecimal longCacheWrite;

  @Column(name = "long_output_price")
  private @Nullable BigDecimal longOutput;

  /** For JPA. */
  protected RateCard() {}

  RateCard(long id, RateCardTerms terms, @Nullable Instant validUntil) {
    this.id = id;
    this.model = terms.model();
    this.serviceTier = terms.serviceTier();
    this.currency = terms.currency();
    this.validFrom = terms.from();
    this.validUntil = validUntil;
    this.input = terms.prices().input();
    this.cachedInput = terms.prices().cachedInput();
    this.cacheWrite = terms.prices().cacheWrite();
    this.output = terms.prices().output();
    var longContext = terms.longContext();
    if (longContext != null) {
      this.longContextAbove = longContext.above();
      this.longInput = longContext.prices().input();
      this.longCachedInput = longContext.prices().cachedInput();
      this.longCacheWrite = longContext.prices().cacheWrite();
      this.longOutput = longContext.prices().output();
    }
  }

  long id() {
    return id;
  }

  String model() {
    return model;
  }

  String serviceTier() {
    return serviceTier;
  }

  String currency() {
    return currency;
  }

  Instant validFrom() {
    return validFrom;
  }

  /** First moment at which it is not in force any more. */
  Optional<Instant> validUntil() {
    return Optional.ofNullable(validUntil);
  }

  boolean isInForce(Instant at) {
    return !at.isBefore(validFrom) && (validUntil == null || at.isBefore(validUntil));
  }

  /** In the card's currency; see {@link Prices#cost} for the rounding. */
  BigDecimal cost(TokenUsage usage) {
    return longContext()
        .filter(context -> usage.input() > context.above())
        .map(LongContext::prices)
        .orElse(prices())
        .cost(usage);
  }

  /** Whether its prices are those of {@code terms}, whenever either is in force. */
  boolean isPricedAs(RateCardTerms terms) {
    return currency.equals(terms.currency())
        && prices().isSameAs(terms.prices())
        && longContext()
            .map(mine ->
                terms.longContext() != null
                    && mine.above() == terms.longContext().above()
                    && mine.prices().isSameAs(terms.longContext().prices()))
            .orElse(terms.longContext() == null);
  }

  private Prices prices() {
    return new Prices(input, cachedInput, cacheWrite, output);
  }

  private Optional<LongContext> longContext() {
    if (longContextAbove == null) return Optional.empty();
    return Optional.of(
        new LongContext(
            longContextAbove,
            new Prices(
                requireNonNull(longInput),
                requireNonNull(longCachedInput),
                requireNonNull(longCacheWrite),
                requireNonNull(longOutput))));
  }
}
