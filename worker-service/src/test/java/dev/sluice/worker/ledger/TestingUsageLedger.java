package dev.sluice.worker.ledger;

import dev.sluice.common.message.MessageCodec;
import java.time.InstantSource;
import org.springframework.kafka.core.KafkaTemplate;

/** The door of the ledger alone: what is told stays in its topic. */
public final class TestingUsageLedger {
  private TestingUsageLedger() {}

  public static UsageLedger on(
      KafkaTemplate<byte[], byte[]> kafka, MessageCodec codec, InstantSource clock) {
    return new UsageLedger(kafka, codec, clock);
  }
}
