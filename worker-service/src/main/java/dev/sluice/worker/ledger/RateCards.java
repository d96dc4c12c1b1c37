package dev.sluice.worker.ledger;

import java.util.List;
import org.springframework.data.repository.Repository;

/** The rate cards in the database. */
interface RateCards extends Repository<RateCard, Long> {
  /** All that ever were in force: a few hundred at the most. */
  List<RateCard> findAll();
}
