package dev.sluice.worker.reconciliation;

import dev.sluice.common.message.MalformedMessageException;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.message.ProviderDayWanted;
import dev.sluice.common.message.ProviderFigures;
import dev.sluice.common.message.ReconciliationMessage;
import dev.sluice.common.topic.Topics;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.annotation.KafkaListener;

/**
 * What finance has brought along or asks for. One thread; while Postgres is away the topic waits.
 */
final class ReconciliationListener {
  static final String ID = "reconciliation";

  private static final Logger log = LoggerFactory.getLogger(ReconciliationListener.class);

  private final Reconciliation reconciliation;
  private final MessageCodec codec;

  ReconciliationListener(Reconciliation reconciliation, MessageCodec codec) {
    this.reconciliation = reconciliation;
    this.codec = codec;
  }

  @KafkaListener(
      id = ID,
      topics = Topics.RECONCILIATION,
      groupId = "sluice-reconciliation",
      containerFactory = "reconciliationListeners")
  void receive(ConsumerRecord<byte[], byte[]> message) {
    try {
      switch (codec.decode(message.value(), ReconciliationMessage.class)) {
        case ProviderFigures told -> reconciliation.add(told);
        case ProviderDayWanted wanted -> reconciliation.fetch(wanted.day(), wanted.by());
      }
    } catch (MalformedMessageException malformed) {
      log.atError()
          .addKeyValue("offset", message.offset())
          .addKeyValue("reason", malformed.getMessage())
          .log("An import cannot be read and is passed over; a newer build may have sent it");
    }
  }
}
