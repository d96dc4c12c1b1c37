package dev.sluice.api.settings;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.budget.Pool;
import dev.sluice.common.budget.Tier;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.message.LanePaused;
import dev.sluice.common.message.MalformedMessageException;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.message.PoolLimitsSet;
import dev.sluice.common.message.SettingChange;
import dev.sluice.common.message.SpendCapSet;
import dev.sluice.common.spend.SpendPeriod;
import dev.sluice.common.spend.SpendScope;
import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.Topics;
import java.time.Duration;
import java.util.List;
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
  private final Map<String, Placed> newest = new ConcurrentHashMap<>();

  /** The newest of a key, and where it stands on the topic; null where it was taken back. */
  private record Placed(@Nullable SettingChange change, long offset) {}

  Settings(KafkaTemplate<byte[], byte[]> kafka, MessageCodec codec) {
    this.kafka = kafka;
    this.codec = codec;
  }

  /** The limits of a pool: what an operator has set, or what is configured. */
  public Tier limits(Pool pool) {
    return lastSet(pool.name()).map(PoolLimitsSet::limits).orElse(pool.tier());
  }

  /** Who has set the limits of a pool last, if anybody has. */
  public Optional<PoolLimitsSet> lastSet(String pool) {
    return last(PoolLimitsSet.key(pool), PoolLimitsSet.class);
  }

  /** Whether an operator has stopped a lane. */
  public boolean isPaused(Lane lane) {
    return last(LanePaused.key(lane), LanePaused.class).map(LanePaused::paused).orElse(false);
  }

  /** What was set last under a key, if anything was. */
  public <S extends SettingChange> Optional<S> last(String key, Class<S> kind) {
    return Optional.ofNullable(newest.get(key)).map(Placed::change).map(kind::cast);
  }

  /** The newest setting of each key of that kind. */
  public <S extends SettingChange> List<S> all(Class<S> kind) {
    return newest.values().stream()
        .map(Placed::change)
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }

  /** The cap of a subject in a period, if there is one. */
  public @Nullable SpendCapSet cap(SpendScope scope, String subject, SpendPeriod period) {
    return last(SpendCapSet.key(scope, subject, period), SpendCapSet.class)
        .filter(cap -> !cap.removes())
        .orElse(null);
  }

  /** All caps. */
  public List<SpendCapSet> caps() {
    return all(SpendCapSet.class).stream().filter(cap -> !cap.removes()).toList();
  }

  /**
   * Sets something for every instance; returns when Kafka has it safe.
   *
   * @throws SluiceException with {@link ErrorCode#SERVICE_UNAVAILABLE} if it does not
   */
  public void set(SettingChange wanted) {
    long offset = store(wanted.key(), codec.encode(wanted));
    note(wanted.key(), wanted, offset); // whoever has set it sees it at once
  }

  /**
   * Takes a setting back whose subject is gone.
   *
   * @throws SluiceException as {@link #set}
   */
  public void forget(String key) {
    note(key, null, store(key, null));
  }

  private long store(String key, byte @Nullable [] value) {
    try {
      return kafka
          .send(new ProducerRecord<>(Topics.SETTINGS, key.getBytes(UTF_8), value))
          .get(WITHIN.toMillis(), TimeUnit.MILLISECONDS)
          .getRecordMetadata()
          .offset();
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
      var key = new String(setting.key(), UTF_8);
      var change =
          setting.value() == null ? null : codec.decode(setting.value(), SettingChange.class);
      note(key, change, setting.offset());
    } catch (MalformedMessageException malformed) {
      log.atWarn()
          .addKeyValue("offset", setting.offset())
          .addKeyValue("reason", malformed.getMessage())
          .log("A setting cannot be read; it is passed over");
    }
  }

  /** What is read again, or late, does not undo what came after it. */
  private void note(String key, @Nullable SettingChange change, long offset) {
    newest.merge(
        key,
        new Placed(change, offset),
        (before, now) -> now.offset() > before.offset() ? now : before);
  }
}
