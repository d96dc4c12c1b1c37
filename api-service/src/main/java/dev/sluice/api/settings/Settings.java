package dev.sluice.api.settings;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.budget.Pool;
import dev.sluice.common.budget.Tier;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.message.MalformedMessageException;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.message.PoolLimitsSet;
import dev.sluice.common.message.RateCardAdded;
import dev.sluice.common.message.SettingChange;
import dev.sluice.common.message.SpendCapSet;
import dev.sluice.common.spend.SpendPeriod;
import dev.sluice.common.spend.SpendScope;
import dev.sluice.common.topic.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.annotation.PartitionOffset;
import org.springframework.kafka.annotation.TopicPartition;
import org.springframework.kafka.core.KafkaTemplate;

/** What operators and finance have set. Thread-safe. */
public class Settings {
  private static final Logger log = LoggerFactory.getLogger(Settings.class);
  private static final Duration WITHIN = Duration.ofSeconds(2);

  private final KafkaTemplate<byte[], byte[]> kafka;
  private final MessageCodec codec;
  private final Map<String, PoolLimitsSet> limits = new ConcurrentHashMap<>();
  private final Map<String, SpendCapSet> caps = new ConcurrentHashMap<>();
  private final Map<String, Long> offsets = new HashMap<>(); // by key; guarded by this

  Settings(KafkaTemplate<byte[], byte[]> kafka, MessageCodec codec) {
    this.kafka = kafka;
    this.codec = codec;
  }

  /** The limits of a pool: what an operator has set, or what is configured. */
  public Tier limits(Pool pool) {
    var set = limits.get(pool.name());
    return set == null || set.limits() == null ? pool.tier() : set.limits();
  }

  /** Who has set the limits of a pool last, if anybody has. */
  public Optional<PoolLimitsSet> lastSet(String pool) {
    return Optional.ofNullable(limits.get(pool));
  }

  /** The cap of a subject in a period, if there is one. */
  public @Nullable SpendCapSet cap(SpendScope scope, String subject, SpendPeriod period) {
    return caps.isEmpty() ? null : caps.get(SpendCapSet.key(scope, subject, period));
  }

  /** All caps. */
  public Collection<SpendCapSet> caps() {
    return caps.values();
  }

  /**
   * Sets something for every instance; returns when Kafka has it safe.
   *
   * @throws SluiceException with {@link ErrorCode#SERVICE_UNAVAILABLE} if it does not
   */
  public void set(SettingChange wanted) {
    try {
      var key = wanted.key().getBytes(UTF_8);
      var stored =
          kafka
              .send(new ProducerRecord<>(Topics.SETTINGS, key, codec.encode(wanted)))
              .get(WITHIN.toMillis(), TimeUnit.MILLISECONDS);
      apply(wanted, stored.getRecordMetadata().offset()); // whoever has set it sees it at once
    } catch (ExecutionException | TimeoutException | KafkaException failed) {
      throw new SluiceException(
          ErrorCode.SERVICE_UNAVAILABLE, "The setting could not be stored. Try again.", failed);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw new SluiceException(ErrorCode.SERVICE_UNAVAILABLE);
    }
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
      apply(codec.decode(setting.value(), SettingChange.class), setting.offset());
    } catch (MalformedMessageException malformed) {
      log.atWarn()
          .addKeyValue("offset", setting.offset())
          .addKeyValue("reason", malformed.getMessage())
          .log("A setting cannot be read; it is passed over");
    }
  }

  /** What is read again, or late, does not undo what came after it. */
  private synchronized void apply(SettingChange setting, long offset) {
    if (offset <= offsets.getOrDefault(setting.key(), -1L)) return;
    offsets.put(setting.key(), offset);
    switch (setting) {
      case PoolLimitsSet set -> limits.put(set.pool(), set);
      case RateCardAdded _ -> {
        // The ledger has it
      }
      case SpendCapSet set -> {
        if (set.removes()) caps.remove(set.key());
        else caps.put(set.key(), set);
      }
    }
  }
}
