package dev.sluice.worker.ledger;

import java.time.Instant;
import java.util.Optional;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** The rate cards in force. */
interface RateCards extends Repository<RateCard, Long> {
  /**
   * The card for a model at a tier at a time. A dated model name such as {@code
   * gpt-4o-mini-2024-07-18} without a card of its own takes its family's.
   */
  @Query(
      nativeQuery = true,
      value =
          """
          select id, input_usd, cached_input_usd, cache_write_usd, output_usd
          from rate_card
          where model in (:model, regexp_replace(:model, '-\\d{4}-\\d{2}-\\d{2}$|-\\d{4}$', ''))
            and service_tier = :serviceTier
            and valid @> cast(:at as timestamptz)
          order by length(model) desc
          limit 1
          """)
  Optional<RateCard> inForce(String model, String serviceTier, Instant at);
}
