package dev.sluice.worker.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.message.DeadLetter;
import dev.sluice.common.message.DeadLetterDecided;
import dev.sluice.common.message.DeadLetterDecided.Decision;
import dev.sluice.common.message.MalformedMessageException;
import dev.sluice.common.message.Message;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.message.RedrivenRequest;
import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.topic.Topics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaTemplate;

/** Puts letters back on their lanes once an operator has decided so. */
class Redriving {
  /*
   * One worker of the fleet has the topic's only partition. It keeps nothing in memory: for the
   * decisions of a batch it reads the topic again from the first letter concerned, which gives the
   * letters and tells whether another decision came first. A crash between sending and committing
   * sends again; the lease knows by the letter's offset that this run has been taken already.
   */
  private static final Logger log = LoggerFactory.getLogger(Redriving.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final TopicPartition LETTERS = new TopicPartition(Topics.DEAD_LETTERS, 0);

  private final KafkaTemplate<byte[], byte[]> kafka;
  private final ConsumerFactory<byte[], byte[]> consumers;
  private final MessageCodec codec;
  private final InstantSource clock;

  Redriving(
      KafkaTemplate<byte[], byte[]> kafka,
      ConsumerFactory<byte[], byte[]> consumers,
      MessageCodec codec,
      InstantSource clock) {
    this.kafka = kafka;
    this.consumers = consumers;
    this.codec = codec;
    this.clock = clock;
  }

  @KafkaListener(
      id = "redriving",
      topics = Topics.DEAD_LETTERS,
      groupId = "sluice-redriving",
      batch = "true",
      containerFactory = "ledgerListeners")
  void redrive(List<ConsumerRecord<byte[], byte[]>> batch) {
    var decidedAt = new TreeMap<Long, Long>();
    for (var record : batch)
      if (read(record).orElse(null) instanceof DeadLetterDecided decided
          && decided.decision() == Decision.REDRIVEN)
        decidedAt.putIfAbsent(decided.letter(), record.offset());
    if (decidedAt.isEmpty()) return;
    var sent = new ArrayList<CompletableFuture<?>>();
    letters(decidedAt).forEach((offset, letter) -> sent.add(send(offset, letter)));
    sent.forEach(CompletableFuture::join); // one that fails fails the batch, which comes again
  }

  /** The letters whose first decision is the one at hand. */
  private Map<Long, DeadLetter> letters(TreeMap<Long, Long> decidedAt) {
    var letters = new HashMap<Long, DeadLetter>();
    var first = new HashMap<Long, Long>();
    long last = decidedAt.values().stream().mapToLong(each -> each).max().orElseThrow();
    try (var consumer = consumers.createConsumer(null, null)) {
      consumer.assign(List.of(LETTERS));
      consumer.seek(LETTERS, decidedAt.firstKey());
      while (consumer.position(LETTERS) <= last)
        for (var record : consumer.poll(POLL)) {
          var message = read(record).orElse(null);
          if (message instanceof DeadLetter letter && decidedAt.containsKey(record.offset()))
            letters.put(record.offset(), letter);
          if (message instanceof DeadLetterDecided decided)
            first.putIfAbsent(decided.letter(), record.offset());
        }
    }
    letters.keySet().removeIf(letter -> !Objects.equals(decidedAt.get(letter), first.get(letter)));
    return letters;
  }

  private CompletableFuture<?> send(long offset, DeadLetter letter) {
    log.atInfo()
        .addKeyValue("letter", offset)
        .addKeyValue("request_id", String.valueOf(letter.requestId()))
        .log("A dead letter goes back on its lane");
    var payload = Base64.getDecoder().decode(letter.payload());
    try {
      var request = codec.decode(payload, RequestEnvelope.class);
      int attempts = letter.attempts() == null ? 0 : letter.attempts();
      var again =
          new RedrivenRequest(request.acceptedAgain(clock.instant()), offset, attempts, Map.of());
      return kafka.send(
          new ProducerRecord<>(
              letter.lane(), request.userId().getBytes(UTF_8), codec.encode(again)));
    } catch (MalformedMessageException stillUnreadable) {
      // As it was: whoever takes it may be of a version that can read it
      return kafka.send(new ProducerRecord<>(letter.lane(), payload));
    }
  }

  private Optional<Message> read(ConsumerRecord<byte[], byte[]> record) {
    try {
      return Optional.of(codec.decode(record.value(), Message.class));
    } catch (MalformedMessageException unreadable) {
      return Optional.empty();
    }
  }
}
