package dev.sluice.worker.ledger;

import dev.sluice.common.message.DeadLetterDecided;
import dev.sluice.common.message.MalformedMessageException;
import dev.sluice.common.message.Message;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.topic.Topics;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.annotation.KafkaListener;

/**
 * Writes down who has decided what on dead letters; a decision that is read twice counts once, and
 * of several on one letter the first.
 */
class DeadLetterAudit {
  private static final Logger log = LoggerFactory.getLogger(DeadLetterAudit.class);

  private static final String DECIDED =
      """
      insert into dead_letter_decision (letter, decision, note, decided_by, decided_at)
      values (?, ?, ?, ?, ?)
      on conflict do nothing
      """;

  private final JdbcTemplate jdbc;
  private final MessageCodec codec;

  DeadLetterAudit(JdbcTemplate jdbc, MessageCodec codec) {
    this.jdbc = jdbc;
    this.codec = codec;
  }

  @KafkaListener(
      id = "dead-letter-audit",
      topics = Topics.DEAD_LETTERS,
      groupId = "sluice-dead-letter-audit",
      batch = "true",
      containerFactory = "ledgerListeners")
  void write(List<ConsumerRecord<byte[], byte[]>> batch) {
    var rows = new ArrayList<Object[]>();
    for (var record : batch)
      try {
        if (codec.decode(record.value(), Message.class) instanceof DeadLetterDecided decided)
          rows.add(
              new Object[] {
                decided.letter(),
                decided.decision().label(),
                decided.note(),
                decided.by(),
                Timestamp.from(decided.at())
              });
      } catch (MalformedMessageException malformed) {
        log.atError()
            .addKeyValue("offset", record.offset())
            .log("A record of the dead letters cannot be read; see sluice.requests.dlt");
      }
    if (!rows.isEmpty()) jdbc.batchUpdate(DECIDED, rows);
  }
}
