package dev.sluice.worker.ledger;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Prices what had no rate card when it was written, once there is one, and what was priced by a
 * card that turned out to have ended before: by corrections. Only a change of the cards can give it
 * something to do. Confined to one thread.
 */
final class LatePricing {
  static final String PRICED_LATE = "priced_late";
  static final String CARD_CHANGED = "card_changed";

  private static final Logger log = LoggerFactory.getLogger(LatePricing.class);
  private static final int MOST = 500;

  private final LedgerStore store;
  private final RateCards rateCards;
  private final TransactionTemplate transaction;
  private final LedgerMeters meters;
  private String seen = "";

  LatePricing(
      LedgerStore store,
      RateCards rateCards,
      TransactionTemplate transaction,
      LedgerMeters meters) {
    this.store = store;
    this.rateCards = rateCards;
    this.transaction = transaction;
    this.meters = meters;
  }

  /** Looks whether the cards have changed, and corrects what that changes. */
  void run() {
    var state = store.stateOfRateCards();
    if (state.equals(seen)) return;
    correct(null);
    for (var card : rateCards.findAll()) if (card.validUntil().isPresent()) correct(card);
    seen = state;
  }

  private void correct(@Nullable RateCard ended) {
    var reason = ended == null ? PRICED_LATE : CARD_CHANGED;
    int corrected = 0;
    @Nullable UsageRow after = null;
    List<UsageRow> rows;
    do {
      var from = after;
      var page = new ArrayList<UsageRow>();
      corrected +=
          transaction.<Integer>execute(_ -> {
            // What stands must not change between reading it and taking it back
            store.lockAll();
            page.addAll(store.wronglyPriced(ended, from, MOST));
            return store.add(corrections(page, reason)) / 2;
          });
      rows = page;
      after = rows.isEmpty() ? null : rows.getLast();
    } while (rows.size() == MOST);
    meters.corrected(reason, corrected);
    if (corrected > 0)
      log.atInfo()
          .addKeyValue("entries", corrected)
          .addKeyValue("reason", reason)
          .log("Entries were priced anew, by corrections");
  }

  private List<UsageRow> corrections(List<UsageRow> page, String reason) {
    var cards = new CardsInForce(rateCards.findAll());
    var corrections = new ArrayList<UsageRow>();
    for (var row : page)
      cards
          .at(row.model(), row.serviceTier(), row.openedAt())
          .ifPresent(card -> {
            corrections.add(row.reversed(reason));
            corrections.add(row.priced(card).replacing(row, reason));
          });
    return corrections;
  }
}
