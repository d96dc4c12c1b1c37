package dev.sluice.common.topic;

import dev.sluice.common.budget.Pool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/** Every topic with its partitions and retention; both services create what is missing. */
public final class TopicCatalog {
  private static final Duration DEAD_LETTER_RETENTION = Duration.ofDays(30);
  private static final Duration CONTROL_RETENTION = Duration.ofHours(1);

  private final TopicsProperties properties;

  public TopicCatalog(TopicsProperties properties) {
    this.properties = properties;
  }

  /** The topics that a system with these pools needs. */
  public List<NewTopic> topics(List<Pool> pools) {
    var topics = new ArrayList<NewTopic>();
    for (var pool : pools)
      for (var priority : Priority.values())
        topics.add(
            topic(
                new Lane(pool.name(), priority).topic(),
                properties.lanePartitions(),
                properties.usageRetention()));
    topics.add(topic(Topics.REPLIES, properties.replyPartitions(), properties.replyRetention()));
    topics.add(topic(Topics.USAGE, properties.lanePartitions(), properties.usageRetention()));
    topics.add(topic(Topics.CONTROL, 1, CONTROL_RETENTION));
    topics.add(settings());
    topics.add(topic(Topics.RECONCILIATION, 1, properties.usageRetention()));
    topics.add(topic(Topics.DEAD_LETTERS, 1, DEAD_LETTER_RETENTION));
    return topics;
  }

  /** Compacted, but not before the audit has read every change, even if it is away for days. */
  private NewTopic settings() {
    return new NewTopic(Topics.SETTINGS, 1, properties.replicationFactor())
        .configs(
            Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG,
                TopicConfig.CLEANUP_POLICY_COMPACT,
                TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG,
                Long.toString(properties.usageRetention().toMillis())));
  }

  private NewTopic topic(String name, int partitions, Duration retention) {
    return new NewTopic(name, partitions, properties.replicationFactor())
        .configs(Map.of(TopicConfig.RETENTION_MS_CONFIG, Long.toString(retention.toMillis())));
  }
}
