package dev.sluice.worker.ledger;

import static java.math.BigDecimal.valueOf;

import dev.sluice.common.message.TokenUsage;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.hibernate.annotations.Immutable;

/** Prices of a model at a service tier, USD per 1M tokens. */
@Entity
@Immutable
@Table(name = "rate_card")
class RateCard {
  private static final int PER_MILLION = 6;
  private static final int DECIMALS = 10;

  @Id private long id;

  @Column(name = "input_usd")
  private BigDecimal input = BigDecimal.ZERO;

  @Column(name = "cached_input_usd")
  private BigDecimal cachedInput = BigDecimal.ZERO;

  @Column(name = "cache_write_usd")
  private BigDecimal cacheWrite = BigDecimal.ZERO;

  @Column(name = "output_usd")
  private BigDecimal output = BigDecimal.ZERO;

  /** For JPA. */
  protected RateCard() {}

  RateCard(
      long id, BigDecimal input, BigDecimal cachedInput, BigDecimal cacheWrite, BigDecimal output) {
    this.id = id;
    this.input = input;
    this.cachedInput = cachedInput;
    this.cacheWrite = cacheWrite;
    this.output = output;
  }

  long id() {
    return id;
  }

  /** Cost in USD, half-even to 10 decimals. The only place where money is rounded. */
  BigDecimal cost(TokenUsage usage) {
    return input
        .multiply(valueOf(usage.input() - usage.cachedInput()))
        .add(cachedInput.multiply(valueOf(usage.cachedInput())))
        .add(cacheWrite.multiply(valueOf(usage.cacheWrite())))
        .add(output.multiply(valueOf(usage.output())))
        .movePointLeft(PER_MILLION)
        .setScale(DECIMALS, RoundingMode.HALF_EVEN);
  }
}
