package dev.sluice.worker.deadletter;

import dev.sluice.common.message.DeadLetter;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.topic.Topics;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.kafka.core.KafkaTemplate;

/** Where records go that no worker may try again. Thread-safe. */
public final class DeadLetters {
  private static final Duration WITHIN = Duration.ofMinutes(2);

  private final KafkaTemplate<byte[], byte[]> kafka;
  private final MessageCodec codec;

  public DeadLetters(KafkaTemplate<byte[], byte[]> kafka, MessageCodec codec) {
    this.kafka = kafka;
    this.codec = codec;
  }

  /**
   * Blocks until every in-sync replica has it.
   *
   * @throws NotSetAsideException if it is not within two minutes
   */
  public void add(DeadLetter letter) throws InterruptedException {
    try {
      kafka
          .send(Topics.DEAD_LETTERS, codec.encode(letter))
          .get(WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException unstored) {
      throw new NotSetAsideException(letter, unstored);
    }
  }
}
