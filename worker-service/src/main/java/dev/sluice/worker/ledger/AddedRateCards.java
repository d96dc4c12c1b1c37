package dev.sluice.worker.ledger;

import dev.sluice.common.message.MalformedMessageException;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.message.RateCardAdded;
import dev.sluice.common.message.SettingChange;
import dev.sluice.common.topic.Topics;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.kafka.annotation.KafkaListener;

/**
 * Adds the rate cards that finance has sent to the ledger. One worker of the fleet at a time, the
 * thread of its listener; while Postgres is away the cards wait.
 */
class AddedRateCards {
  private static final Logger log = LoggerFactory.getLogger(AddedRateCards.class);

  private final RateCardImport rateCards;
  private final MessageCodec codec;

  AddedRateCards(RateCardImport rateCards, MessageCodec codec) {
    this.rateCards = rateCards;
    this.codec = codec;
  }

  @KafkaListener(
      id = "rate-cards",
      topics = Topics.SETTINGS,
      groupId = "sluice-rate-cards",
      batch = "true",
      containerFactory = "ledgerListeners")
  void receive(List<ConsumerRecord<byte[], byte[]>> batch) {
    for (var change : batch)
      try {
        if (codec.decode(change.value(), SettingChange.class) instanceof RateCardAdded card)
          add(card);
      } catch (MalformedMessageException malformed) {
        // Whoever audits the settings tells it
      }
  }

  private void add(RateCardAdded card) {
    try {
      if (rateCards.addLater(RateCardTerms.of(card)))
        log.atInfo()
            .addKeyValue("model", card.model())
            .addKeyValue("service_tier", card.serviceTier())
            .addKeyValue("from", card.from())
            .addKeyValue("by", card.by())
            .log("A rate card was added");
    } catch (DataIntegrityViolationException refused) {
      // Two were sent at the same moment that do not go together; those behind must not wait
      log.atError()
          .addKeyValue("card", card.key())
          .addKeyValue("reason", refused.getMostSpecificCause().getMessage())
          .log("A rate card contradicts the ledger and was not added; send one that does not");
    }
  }
}
