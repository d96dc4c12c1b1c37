package dev.sluice.api.ops;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.id.Caller;
import dev.sluice.common.message.DeadLetterDecided;
import dev.sluice.common.message.DeadLetterDecided.Decision;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.topic.Topics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.support.SendResult;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code /api/ops/dead-letters}: what no worker may try again, and what is to become of it. A
 * decision is a message behind the letters, so all instances agree; the first on a letter counts.
 */
@RestController
class DeadLetterControls {
  private static final Duration WITHIN = Duration.ofSeconds(2);
  private static final int MOST = 200;
  private static final int LONGEST_NOTE = 500;

  private final LetterIndex letters;
  private final KafkaTemplate<byte[], byte[]> kafka;
  private final MessageCodec codec;
  private final InstantSource clock;

  DeadLetterControls(
      LetterIndex letters,
      KafkaTemplate<byte[], byte[]> kafka,
      MessageCodec codec,
      InstantSource clock) {
    this.letters = letters;
    this.kafka = kafka;
    this.codec = codec;
    this.clock = clock;
  }

  /**
   * @param next cursor of the page behind it; null at the end
   */
  record Page(List<Letter> deadLetters, @Nullable String next) {}

  record Discard(@Nullable String reason) {}

  @GetMapping("/api/ops/dead-letters")
  Page page(
      @RequestParam(defaultValue = "50") String limit,
      @RequestParam(defaultValue = "" + Long.MAX_VALUE) String cursor) {
    long most = number("limit", limit);
    if (most < 1 || most > MOST)
      throw new SluiceException(
          ErrorCode.INVALID_VALUE, "limit must be from 1 to %d.".formatted(MOST), "limit");
    var page = letters.below(number("cursor", cursor), (int) most);
    return new Page(page, page.size() < most ? null : page.getLast().id());
  }

  @PostMapping("/api/ops/dead-letters/{id}/redrive")
  Letter redrive(@PathVariable String id, Caller caller) {
    var letter = letter(id);
    if (letter.isOpen()) decide(List.of(decided(letter, Decision.REDRIVEN, null, caller)));
    return letter(id);
  }

  /** All that are open. */
  @PostMapping("/api/ops/dead-letters/redrive")
  Map<String, Integer> redriveAll(Caller caller) {
    var open = letters.open();
    decide(open.stream().map(letter -> decided(letter, Decision.REDRIVEN, null, caller)).toList());
    return Map.of("redriven", open.size());
  }

  @PostMapping("/api/ops/dead-letters/{id}/discard")
  Letter discard(@PathVariable String id, @RequestBody Discard wanted, Caller caller) {
    var letter = letter(id);
    var reason = wanted.reason() == null ? "" : wanted.reason().strip();
    if (reason.isEmpty())
      throw new SluiceException(
          ErrorCode.MISSING_REQUIRED_PARAMETER,
          "Give the reason why nobody wants it any more; the audit keeps it.",
          "reason");
    if (reason.length() > LONGEST_NOTE)
      throw new SluiceException(
          ErrorCode.INVALID_VALUE,
          "reason must have %d characters at most.".formatted(LONGEST_NOTE),
          "reason");
    if (letter.isOpen()) decide(List.of(decided(letter, Decision.DISCARDED, reason, caller)));
    return letter(id);
  }

  private DeadLetterDecided decided(
      Letter letter, Decision decision, @Nullable String note, Caller caller) {
    return new DeadLetterDecided(
        Long.parseLong(letter.id()), decision, caller.user(), clock.instant(), note, Map.of());
  }

  /** Returns when Kafka has the decisions safe and this instance has read them. */
  private void decide(List<DeadLetterDecided> decisions) {
    var sent = new ArrayList<CompletableFuture<SendResult<byte[], byte[]>>>();
    try {
      for (var decision : decisions)
        sent.add(kafka.send(Topics.DEAD_LETTERS, codec.encode(decision)));
      long last = -1;
      for (var one : sent)
        last = one.get(WITHIN.toMillis(), TimeUnit.MILLISECONDS).getRecordMetadata().offset();
      letters.awaitRead(last, WITHIN);
    } catch (ExecutionException
        | TimeoutException
        | KafkaException
        | org.springframework.kafka.KafkaException failed) {
      throw new SluiceException(
          ErrorCode.SERVICE_UNAVAILABLE,
          "The decision could not be stored. Try again; what was stored stays.",
          failed);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw new SluiceException(ErrorCode.SERVICE_UNAVAILABLE);
    }
  }

  private Letter letter(String id) {
    return letters
        .find(number("id", id))
        .orElseThrow(() ->
            new SluiceException(
                ErrorCode.NOT_FOUND,
                "There is no dead letter '%s'. See GET /api/ops/dead-letters.".formatted(id)));
  }

  private static long number(String name, String value) {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException noNumber) {
      throw new SluiceException(
          ErrorCode.INVALID_VALUE, "%s must be a whole number.".formatted(name), name);
    }
  }
}
