package dev.sluice.worker.ledger;

import dev.sluice.common.message.AttemptOpened;
import dev.sluice.common.message.AttemptSettled;
import dev.sluice.common.message.DeadLetter;
import dev.sluice.common.message.MalformedMessageException;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.message.UsageEvent;
import dev.sluice.common.topic.Topics;
import java.math.BigDecimal;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Batches of the usage topic into Postgres. One transaction a batch; an event that is written twice
 * counts once, by its primary key. While Postgres is down the batch is tried again and the topic
 * waits.
 */
class LedgerWriter {
  private static final Logger log = LoggerFactory.getLogger(LedgerWriter.class);

  private static final String OPENED =
      """
      insert into attempt_opened
          (request_id, attempt, user_id, team, model, input_tokens, opened_at)
      values (?, ?, ?, ?, ?, ?, ?)
      on conflict do nothing
      """;
  private static final String SETTLED =
      """
      insert into usage_entry
          (request_id, attempt, user_id, team, tags, model, service_tier,
           input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
           cost, currency, rate_card_id, estimated, outcome, error_code, opened_at, settled_at)
      values (?, ?, ?, ?, cast(? as jsonb), ?, ?, ?, ?, ?, ?, ?, ?, 'USD', ?, ?, ?, ?, ?, ?)
      on conflict do nothing
      """;

  private final JdbcTemplate jdbc;
  private final TransactionTemplate transaction;
  private final RateCards rateCards;
  private final KafkaTemplate<byte[], byte[]> kafka;
  private final MessageCodec codec;
  private final InstantSource clock;
  private final JsonMapper json = new JsonMapper();

  LedgerWriter(
      JdbcTemplate jdbc,
      TransactionTemplate transaction,
      RateCards rateCards,
      KafkaTemplate<byte[], byte[]> kafka,
      MessageCodec codec,
      InstantSource clock) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.rateCards = rateCards;
    this.kafka = kafka;
    this.codec = codec;
    this.clock = clock;
  }

  @KafkaListener(
      id = "ledger-writer",
      topics = Topics.USAGE,
      groupId = "sluice-ledger",
      batch = "true",
      containerFactory = "ledgerListeners")
  void write(List<ConsumerRecord<byte[], byte[]>> batch) {
    var opened = new ArrayList<Object[]>();
    var settled = new ArrayList<Object[]>();
    for (var event : batch)
      try {
        switch (codec.decode(event.value(), UsageEvent.class)) {
          case AttemptOpened attempt -> opened.add(row(attempt));
          case AttemptSettled attempt -> settled.add(row(attempt));
        }
      } catch (MalformedMessageException malformed) {
        setAside(event, malformed);
      }
    transaction.executeWithoutResult(_ -> {
      if (!opened.isEmpty()) jdbc.batchUpdate(OPENED, opened);
      if (!settled.isEmpty()) jdbc.batchUpdate(SETTLED, settled);
    });
  }

  private static Object[] row(AttemptOpened attempt) {
    return new Object[] {
      attempt.requestId(),
      attempt.attempt(),
      attempt.userId(),
      attempt.team(),
      attempt.model(),
      attempt.inputTokens(),
      timestamp(attempt.openedAt())
    };
  }

  private @Nullable Object[] row(AttemptSettled attempt) {
    var usage = attempt.usage();
    @Nullable BigDecimal cost = null;
    @Nullable Long rateCardId = null;
    var card = rateCards.inForce(attempt.model(), attempt.serviceTier(), attempt.openedAt());
    if (card.isPresent()) {
      cost = card.get().cost(usage);
      rateCardId = card.get().id();
    } else {
      log.atWarn()
          .addKeyValue("model", attempt.model())
          .addKeyValue("service_tier", attempt.serviceTier())
          .log("No rate card is in force; the entry is stored unpriced. Add one to rate_card");
    }
    return new @Nullable Object[] {
      attempt.requestId(),
      attempt.attempt(),
      attempt.userId(),
      attempt.team(),
      json.writeValueAsString(attempt.tags()),
      attempt.model(),
      attempt.serviceTier(),
      usage.input(),
      usage.cachedInput(),
      usage.cacheWrite(),
      usage.output(),
      usage.reasoning(),
      cost,
      rateCardId,
      usage.estimated(),
      attempt.outcome(),
      attempt.errorCode(),
      timestamp(attempt.openedAt()),
      timestamp(attempt.settledAt())
    };
  }

  private static Timestamp timestamp(Instant instant) {
    return Timestamp.from(instant);
  }

  /** A record that cannot be read must not stop those behind it, and must not be lost. */
  private void setAside(ConsumerRecord<byte[], byte[]> event, MalformedMessageException reason) {
    var letter =
        new DeadLetter(
            event.topic(),
            event.partition(),
            event.offset(),
            String.valueOf(reason.getMessage()),
            Base64.getEncoder().encodeToString(event.value()),
            clock.instant(),
            Map.of());
    kafka.send(Topics.DEAD_LETTERS, codec.encode(letter)).join();
    log.atError()
        .addKeyValue("partition", event.partition())
        .addKeyValue("offset", event.offset())
        .log("A usage event cannot be read and was set aside; see the dead letters");
  }
}
