package dev.sluice.worker.control;

import dev.sluice.common.message.MalformedMessageException;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.message.PoolLimitsSet;
import dev.sluice.common.message.RateCardAdded;
import dev.sluice.common.message.SettingChange;
import dev.sluice.common.message.SpendCapSet;
import dev.sluice.common.topic.Topics;
import dev.sluice.worker.budget.Budget;
import dev.sluice.worker.ledger.SpendAccounts;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.annotation.PartitionOffset;
import org.springframework.kafka.annotation.TopicPartition;

/** Applies what operators have set, from the first setting on, so that it outlives a restart. */
final class SettingsListener {
  private static final Logger log = LoggerFactory.getLogger(SettingsListener.class);

  private final MessageCodec codec;
  private final Budget budget;
  private final SpendAccounts spend;

  SettingsListener(MessageCodec codec, Budget budget, SpendAccounts spend) {
    this.codec = codec;
    this.budget = budget;
    this.spend = spend;
  }

  @KafkaListener(
      id = "settings",
      topicPartitions =
          @TopicPartition(
              topic = Topics.SETTINGS,
              partitionOffsets = @PartitionOffset(partition = "0", initialOffset = "0")),
      containerFactory = "broadcastListeners")
  void read(ConsumerRecord<byte[], byte[]> setting) {
    try {
      apply(codec.decode(setting.value(), SettingChange.class));
    } catch (MalformedMessageException malformed) {
      log.atWarn()
          .addKeyValue("offset", setting.offset())
          .addKeyValue("reason", malformed.getMessage())
          .log("A setting cannot be read; it is passed over");
    }
  }

  private void apply(SettingChange setting) {
    switch (setting) {
      case PoolLimitsSet set -> {
        budget.limits(set.pool(), set.limits());
        log.atInfo()
            .addKeyValue("pool", set.pool())
            .addKeyValue("limits", String.valueOf(set.limits()))
            .addKeyValue("by", set.by())
            .log("The limits of a pool were set");
      }
      case RateCardAdded _ -> {
        // The ledger's to add
      }
      case SpendCapSet set -> spend.cap(set);
    }
  }
}
