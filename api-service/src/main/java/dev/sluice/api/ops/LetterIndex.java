package dev.sluice.api.ops;

import dev.sluice.api.replies.Redrives;
import dev.sluice.common.message.DeadLetter;
import dev.sluice.common.message.DeadLetterDecided;
import dev.sluice.common.message.DeadLetterDecided.Decision;
import dev.sluice.common.message.MalformedMessageException;
import dev.sluice.common.message.Message;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.annotation.PartitionOffset;
import org.springframework.kafka.annotation.TopicPartition;

/**
 * The newest dead letters and what became of them, read from their topic from its beginning on, the
 * same on every instance within a moment. Without what they carry. Thread-safe.
 */
class LetterIndex implements Redrives {
  private static final Logger log = LoggerFactory.getLogger(LetterIndex.class);
  static final int MOST = 10_000;

  private final MessageCodec codec;
  private final TreeMap<Long, Letter> letters = new TreeMap<>(); // guarded by this
  private final Map<Origin, Long> origins = new HashMap<>(); // guarded by this
  // Requests, each with its newest letter that was redriven; changed by the listener alone
  private final Map<String, Long> redriven = new ConcurrentHashMap<>();
  private long read = -1; // offset of the newest record that was read; guarded by this

  /** A record that is set aside twice, for a worker that died in between, is one letter. */
  private record Origin(String topic, int partition, long offset) {}

  LetterIndex(MessageCodec codec) {
    this.codec = codec;
  }

  @KafkaListener(
      id = "dead-letters",
      topicPartitions =
          @TopicPartition(
              topic = Topics.DEAD_LETTERS,
              partitionOffsets = @PartitionOffset(partition = "0", initialOffset = "0")),
      containerFactory = "broadcastListeners")
  void read(ConsumerRecord<byte[], byte[]> record) {
    try {
      switch (codec.decode(record.value(), Message.class)) {
        case DeadLetter letter -> add(record.offset(), letter);
        case DeadLetterDecided decided -> decide(decided);
        default ->
            log.atWarn()
                .addKeyValue("offset", record.offset())
                .log("A record that is no dead letter stands among them; it is passed over");
      }
    } catch (MalformedMessageException | IllegalArgumentException malformed) {
      log.atWarn()
          .addKeyValue("offset", record.offset())
          .addKeyValue("reason", malformed.getMessage())
          .log("A dead letter cannot be read; it is passed over");
    }
    synchronized (this) {
      read = record.offset();
      notifyAll();
    }
  }

  private synchronized void add(long offset, DeadLetter letter) {
    var origin = new Origin(letter.lane(), letter.partition(), letter.offset());
    if (origins.putIfAbsent(origin, offset) != null) return;
    letters.put(
        offset,
        new Letter(
            Long.toString(offset),
            letter.requestId(),
            Lane.ofTopic(letter.lane()).label(),
            letter.userId(),
            letter.model(),
            letter.reason(),
            letter.attempts() == null ? 0 : letter.attempts(),
            letter.at(),
            Letter.State.OPEN,
            null,
            null,
            null,
            letter.history() == null ? List.of() : letter.history()));
    if (letters.size() > MOST) forgetOldest();
  }

  private synchronized void forgetOldest() {
    var oldest = letters.pollFirstEntry();
    origins.values().remove(oldest.getKey());
    var request = oldest.getValue().requestId();
    if (request != null) redriven.remove(request, oldest.getKey());
  }

  private synchronized void decide(DeadLetterDecided decided) {
    var letter = letters.get(decided.letter());
    if (letter == null || !letter.isOpen()) return;
    letters.put(
        decided.letter(),
        letter.decided(
            Letter.State.valueOf(decided.decision().name()),
            decided.by(),
            decided.at(),
            decided.note()));
    if (decided.decision() == Decision.REDRIVEN && letter.requestId() != null)
      redriven.put(letter.requestId(), decided.letter());
  }

  @Override
  public boolean isRedriven(String responseId) {
    return redriven.containsKey(responseId);
  }

  synchronized Optional<Letter> find(long id) {
    return Optional.ofNullable(letters.get(id));
  }

  /** The next ones below an id, the newest first. */
  synchronized List<Letter> below(long id, int limit) {
    return letters.headMap(id, false).descendingMap().values().stream().limit(limit).toList();
  }

  synchronized List<Letter> open() {
    return letters.values().stream().filter(Letter::isOpen).toList();
  }

  synchronized long countOpen() {
    return letters.values().stream().filter(Letter::isOpen).count();
  }

  /**
   * Waits until the topic has been read up to an offset.
   *
   * @return whether it has
   */
  synchronized boolean awaitRead(long offset, Duration patience) throws InterruptedException {
    long until = System.nanoTime() + patience.toNanos();
    while (read < offset) {
      long left = until - System.nanoTime();
      if (left <= 0) return false;
      wait(Math.max(1, left / 1_000_000));
    }
    return true;
  }
}
