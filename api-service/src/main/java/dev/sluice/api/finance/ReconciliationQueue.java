package dev.sluice.api.finance;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.message.ReconciliationMessage;
import dev.sluice.common.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.core.KafkaTemplate;

/** To the worker, which alone may write to the ledger's database. Thread-safe. */
final class ReconciliationQueue {
  private static final Duration WITHIN = Duration.ofSeconds(5);

  private final KafkaTemplate<byte[], byte[]> kafka;
  private final MessageCodec codec;

  ReconciliationQueue(KafkaTemplate<byte[], byte[]> kafka, MessageCodec codec) {
    this.kafka = kafka;
    this.codec = codec;
  }

  /**
   * Returns when Kafka has all of them safe.
   *
   * @throws SluiceException with {@link ErrorCode#SERVICE_UNAVAILABLE} if it does not take one; to
   *     send all of them again does no harm
   */
  void send(List<? extends ReconciliationMessage> messages) {
    try {
      var sent = messages.stream().map(this::send).toArray(CompletableFuture[]::new);
      CompletableFuture.allOf(sent).get(WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException | KafkaException failed) {
      throw new SluiceException(
          ErrorCode.SERVICE_UNAVAILABLE, "Kafka did not take it. Send it again.", failed);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw new SluiceException(ErrorCode.SERVICE_UNAVAILABLE);
    }
  }

  private CompletableFuture<?> send(ReconciliationMessage message) {
    return kafka.send(
        new ProducerRecord<>(
            Topics.RECONCILIATION,
            message.day().toString().getBytes(UTF_8),
            codec.encode(message)));
  }
}
