package dev.sluice.worker.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.message.MalformedMessageException;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.message.SettingChange;
import dev.sluice.common.topic.Topics;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.annotation.KafkaListener;
import tools.jackson.databind.json.JsonMapper;

/** Writes down who has set what; a setting that is read twice counts once, by its offset. */
class SettingsAudit {
  private static final Logger log = LoggerFactory.getLogger(SettingsAudit.class);

  private static final String SET =
      """
      insert into setting_change (topic_offset, setting, value, set_by, set_at)
      values (?, ?, cast(? as jsonb), ?, ?)
      on conflict do nothing
      """;

  private final JdbcTemplate jdbc;
  private final MessageCodec codec;
  private final JsonMapper json = new JsonMapper();

  SettingsAudit(JdbcTemplate jdbc, MessageCodec codec) {
    this.jdbc = jdbc;
    this.codec = codec;
  }

  @KafkaListener(
      id = "settings-audit",
      topics = Topics.SETTINGS,
      groupId = "sluice-settings-audit",
      batch = "true",
      containerFactory = "ledgerListeners")
  void write(List<ConsumerRecord<byte[], byte[]>> batch) {
    var rows = new ArrayList<Object[]>();
    for (var change : batch)
      try {
        rows.add(row(change));
      } catch (MalformedMessageException malformed) {
        log.atError()
            .addKeyValue("offset", change.offset())
            .log("A setting cannot be read and is missing from the audit; see sluice.settings");
      }
    if (!rows.isEmpty()) jdbc.batchUpdate(SET, rows);
  }

  private Object[] row(ConsumerRecord<byte[], byte[]> change) {
    var setting = new String(change.key(), UTF_8);
    if (change.value() == null) // of a worker that is gone: nobody has set it
    return new Object[] {
        change.offset(), setting, "null", "sluice", new Timestamp(change.timestamp())
      };
    var set = codec.decode(change.value(), SettingChange.class);
    return new Object[] {
      change.offset(),
      setting,
      json.writeValueAsString(set.value()),
      set.by(),
      Timestamp.from(set.at())
    };
  }
}
