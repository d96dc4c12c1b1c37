package dev.sluice.worker.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.message.AttemptOpened;
import dev.sluice.common.message.AttemptSettled;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.message.TokenUsage;
import dev.sluice.common.message.UsageEvent;
import dev.sluice.common.topic.Topics;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * Opens and settles attempts. Events go to the usage topic, so that a database that is down loses
 * nothing and delays nobody. Thread-safe.
 */
public final class UsageLedger {
  static final String LOST = "lost";

  private final KafkaTemplate<byte[], byte[]> kafka;
  private final MessageCodec codec;
  private final InstantSource clock;

  UsageLedger(KafkaTemplate<byte[], byte[]> kafka, MessageCodec codec, InstantSource clock) {
    this.kafka = kafka;
    this.codec = codec;
    this.clock = clock;
  }

  /** An attempt that has been opened; it must be settled in exactly one way. */
  public record Entry(RequestEnvelope request, int attempt, Instant openedAt) {}

  /** Before the call, so that a crash leaves a trace. Does not wait for Kafka. */
  public Entry open(RequestEnvelope request, int attempt) {
    var entry = new Entry(request, attempt, clock.instant());
    var _ =
        send(
            new AttemptOpened(
                request.id(),
                attempt,
                request.userId(),
                request.team(),
                request.tags(),
                request.model(),
                request.inputTokens(),
                entry.openedAt(),
                request.priority(),
                request.deadline(),
                Map.of()));
    return entry;
  }

  /**
   * After the call, whatever came of it.
   *
   * @param model the model that answered, if one did
   * @return completes when the event is safe in the topic
   */
  public CompletableFuture<?> settle(
      Entry entry,
      TokenUsage usage,
      String outcome,
      @Nullable String errorCode,
      @Nullable String model,
      String serviceTier) {
    var request = entry.request();
    return send(
        new AttemptSettled(
            request.id(),
            entry.attempt(),
            request.userId(),
            request.team(),
            request.tags(),
            model == null || model.isEmpty() ? request.model() : model,
            serviceTier,
            usage,
            outcome,
            errorCode,
            entry.openedAt(),
            clock.instant(),
            request.priority(),
            request.droppedTokens(),
            Map.of()));
  }

  /**
   * An attempt that nobody will settle any more: its worker died, and no other took over.
   *
   * @param outputTokens an estimate of what it had put out
   * @return completes when the event is safe in the topic
   */
  CompletableFuture<?> lost(AttemptOpened opened, long outputTokens) {
    return send(
        new AttemptSettled(
            opened.requestId(),
            opened.attempt(),
            opened.userId(),
            opened.team(),
            opened.tags(),
            opened.model(),
            "default",
            TokenUsage.estimated(opened.inputTokens(), outputTokens),
            LOST,
            "worker_lost",
            opened.openedAt(),
            clock.instant(),
            opened.priority(),
            null,
            Map.of()));
  }

  private CompletableFuture<?> send(UsageEvent event) {
    return kafka.send(Topics.USAGE, event.requestId().getBytes(UTF_8), codec.encode(event));
  }
}
