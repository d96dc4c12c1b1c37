package dev.sluice.worker.ledger;

import static java.util.stream.Collectors.toSet;

import dev.sluice.common.message.AnswerReused;
import dev.sluice.common.message.AttemptOpened;
import dev.sluice.common.message.AttemptResolved;
import dev.sluice.common.message.AttemptSettled;
import dev.sluice.common.message.MalformedMessageException;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.message.UsageEvent;
import dev.sluice.common.topic.Topics;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Batches of the usage topic into Postgres. One thread, that of its listener.
 *
 * <p>A batch is one transaction, and its offsets are committed after it: a crash between the two
 * repeats the batch, and a repeat adds nothing. While Postgres is away the batch is tried again,
 * nothing more is fetched, and the topic waits. An event that cannot be written down is set aside
 * with its bytes; where Postgres refuses a batch for one of its events, halving finds it.
 */
class LedgerWriter {
  static final String GROUP = "sluice-ledger";
  static final String LISTENER = "ledger-writer";

  private static final Logger log = LoggerFactory.getLogger(LedgerWriter.class);

  private final LedgerStore store;
  private final TransactionTemplate transaction;
  private final RateCards rateCards;
  private final MessageCodec codec;
  private final LedgerMeters meters;
  private final LedgerLag lag;
  private final Consumer<List<UsageEvent>> onWritten;
  private final InstantSource clock;

  /** A record with what it says, or why that cannot be read. */
  private record Incoming(
      ConsumerRecord<byte[], byte[]> event,
      @Nullable UsageEvent says,
      @Nullable String unreadable) {}

  /**
   * @param onWritten hears what is in the ledger, perhaps more than once; must not block
   */
  LedgerWriter(
      LedgerStore store,
      TransactionTemplate transaction,
      RateCards rateCards,
      MessageCodec codec,
      LedgerMeters meters,
      LedgerLag lag,
      Consumer<List<UsageEvent>> onWritten,
      InstantSource clock) {
    this.store = store;
    this.transaction = transaction;
    this.rateCards = rateCards;
    this.codec = codec;
    this.meters = meters;
    this.lag = lag;
    this.onWritten = onWritten;
    this.clock = clock;
  }

  @KafkaListener(
      id = LISTENER,
      topics = Topics.USAGE,
      groupId = GROUP,
      batch = "true",
      containerFactory = "ledgerListeners")
  void receive(List<ConsumerRecord<byte[], byte[]>> batch) {
    batch.stream()
        .mapToLong(ConsumerRecord::timestamp)
        .min()
        .ifPresent(oldest -> lag.fetched(Instant.ofEpochMilli(oldest)));
    var incoming = batch.stream().map(this::read).toList();
    meters.batch().record(() -> write(incoming));
    lag.written();
    onWritten.accept(incoming.stream().map(Incoming::says).filter(Objects::nonNull).toList());
  }

  private Incoming read(ConsumerRecord<byte[], byte[]> event) {
    try {
      if (event.value() == null) return new Incoming(event, null, "an empty record");
      var says = codec.decode(event.value(), UsageEvent.class);
      var missing = missing(says);
      return missing.isEmpty()
          ? new Incoming(event, says, null)
          : new Incoming(event, null, "lacks " + String.join(", ", missing));
    } catch (MalformedMessageException malformed) {
      return new Incoming(event, null, String.valueOf(malformed.getMessage()));
    }
  }

  /** The codec takes what it gets; a row needs all of these. */
  private static List<String> missing(UsageEvent event) {
    var fields = new HashMap<String, @Nullable Object>();
    fields.put("requestId", event.requestId());
    switch (event) {
      case AttemptOpened opened -> {
        fields.put("tags", opened.tags());
        fields.put("openedAt", opened.openedAt());
      }
      case AttemptSettled settled -> {
        fields.put("tags", settled.tags());
        fields.put("model", settled.model());
        fields.put("serviceTier", settled.serviceTier());
        fields.put("usage", settled.usage());
        fields.put("outcome", settled.outcome());
        fields.put("openedAt", settled.openedAt());
        fields.put("settledAt", settled.settledAt());
      }
      case AnswerReused reused -> {
        fields.put("tags", reused.tags());
        fields.put("model", reused.model());
        fields.put("source", reused.source());
        fields.put("usage", reused.usage());
        fields.put("at", reused.at());
      }
      case AttemptResolved resolved -> fields.put("by", resolved.by());
    }
    return fields.entrySet().stream()
        .filter(field -> field.getValue() == null)
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  private void write(List<Incoming> batch) {
    try {
      tell(add(batch));
    } catch (DataIntegrityViolationException refused) {
      if (batch.size() == 1) {
        setAside(batch.getFirst().event(), String.valueOf(refused.getMostSpecificCause()));
      } else {
        int half = batch.size() / 2;
        write(batch.subList(0, half));
        write(batch.subList(half, batch.size()));
      }
    }
  }

  /** What a transaction did, to be told once it has been committed. */
  private record Written(List<UsageRow> rows, int added, int repeats, List<Incoming> unreadable) {}

  private Written add(List<Incoming> batch) {
    return transaction.execute(_ -> {
      var opened = new ArrayList<AttemptOpened>();
      var settled = new ArrayList<UsageEvent>();
      var unreadable = new ArrayList<Incoming>();
      var partitions = new HashSet<Integer>();
      for (var incoming : batch) {
        partitions.add(incoming.event().partition());
        switch (incoming.says()) {
          case null -> unreadable.add(incoming);
          case AttemptOpened attempt -> opened.add(attempt);
          case AttemptSettled attempt -> settled.add(attempt);
          case AnswerReused answer -> settled.add(answer);
          case AttemptResolved resolved -> settled.add(resolved);
        }
      }
      store.lock(partitions);
      var settlements = settlements(settled, opened);
      int added = store.add(settlements.added());
      // After the settlements: an attempt that was settled meanwhile is never noted as unsettled
      store.open(opened);
      for (var incoming : unreadable)
        store.setAside(incoming.event(), String.valueOf(incoming.unreadable()), clock.instant());
      return new Written(settlements.added(), added, settlements.repeats(), unreadable);
    });
  }

  private Settlements settlements(List<UsageEvent> events, List<AttemptOpened> opened) {
    var keys = events.stream().map(LedgerWriter::key).distinct().toList();
    var resolved =
        events.stream()
            .filter(AttemptResolved.class::isInstance)
            .map(LedgerWriter::key)
            .collect(toSet());
    var settlements = new Settlements(store.known(keys, resolved));
    var cards = new CardsInForce(rateCards.findAll());
    var openedAt = openedAt(events, opened);
    for (var event : events)
      switch (event) {
        case AttemptSettled settled ->
            settlements.take(
                UsageRow.of(settled, openedAt.getOrDefault(key(event), settled.openedAt()))
                    .priced(cards));
        case AnswerReused reused -> settlements.take(UsageRow.of(reused).priced(cards));
        case AttemptResolved decided -> settlements.take(decided, cards);
        case AttemptOpened _ -> throw new IllegalStateException("opened, not settled");
      }
    return settlements;
  }

  /** Who declares an attempt lost does not know when it was opened; the ledger may. */
  private Map<AttemptKey, Instant> openedAt(List<UsageEvent> events, List<AttemptOpened> opened) {
    var lost =
        events.stream()
            .filter(event ->
                event instanceof AttemptSettled settled
                    && settled.outcome().equals(UsageLedger.LOST))
            .map(LedgerWriter::key)
            .distinct()
            .toList();
    var openedAt = store.openedAt(lost);
    if (!lost.isEmpty())
      for (var attempt : opened)
        if (lost.contains(key(attempt))) openedAt.putIfAbsent(key(attempt), attempt.openedAt());
    return openedAt;
  }

  private static AttemptKey key(UsageEvent event) {
    return new AttemptKey(event.requestId(), event.attempt());
  }

  private void tell(Written written) {
    var corrections = new HashMap<String, Integer>();
    var unpriced = new HashSet<String>();
    for (var row : written.rows()) {
      var revision = row.revision();
      if (revision.reverses() != null) {
        corrections.merge(String.valueOf(revision.correctionReason()), 1, Integer::sum);
        continue;
      }
      if (row.suspect() != null) suspect(row, row.suspect());
      if (row.rateCardId() == null && row.isPriceable()) {
        meters.unpriced();
        if (unpriced.add(row.model() + '/' + row.serviceTier())) warnOfMissingCard(row);
      }
    }
    int replaced = corrections.values().stream().mapToInt(Integer::intValue).sum();
    meters.events("written", written.added() - replaced);
    meters.events("repeated", written.repeats());
    corrections.forEach(meters::corrected);
    for (var incoming : written.unreadable()) tellSetAside(incoming.event());
  }

  private static void warnOfMissingCard(UsageRow row) {
    log.atWarn()
        .addKeyValue("model", row.model())
        .addKeyValue("service_tier", row.serviceTier())
        .log("No rate card is in force; entries are kept unpriced. Add one, and they are priced");
  }

  private void suspect(UsageRow row, String reason) {
    meters.suspect(reason);
    log.atWarn()
        .addKeyValue("request_id", row.requestId())
        .addKeyValue("attempt", row.attempt())
        .addKeyValue("reason", reason)
        .log("Token counts cannot be believed; the entry is kept as told, see suspect_usage");
  }

  /** What cannot be written must not stop those behind it, and must not be lost. */
  private void setAside(ConsumerRecord<byte[], byte[]> event, String reason) {
    transaction.executeWithoutResult(_ -> store.setAside(event, reason, clock.instant()));
    tellSetAside(event);
  }

  private void tellSetAside(ConsumerRecord<byte[], byte[]> event) {
    meters.events("set_aside", 1);
    log.atError()
        .addKeyValue("partition", event.partition())
        .addKeyValue("offset", event.offset())
        .log("A usage event cannot be written down and was set aside; see usage_set_aside");
  }
}
