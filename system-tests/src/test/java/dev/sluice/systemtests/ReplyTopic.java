package dev.sluice.systemtests;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;

/** The reply log, as its retention leaves it. */
final class ReplyTopic {
  private static final String NAME = "sluice.replies";

  private ReplyTopic() {}

  /** Nothing that was published so far is there any more. */
  static void forgetAll() throws Exception {
    Map<String, Object> broker = Map.of("bootstrap.servers", TestingSystem.stack().kafka().url());
    try (var admin = Admin.create(broker)) {
      var topics =
          admin.describeTopics(List.of(NAME)).allTopicNames().get(30, TimeUnit.SECONDS).values();
      var all = new HashMap<TopicPartition, RecordsToDelete>();
      for (var topic : topics)
        for (var partition : topic.partitions())
          all.put(
              new TopicPartition(NAME, partition.partition()), RecordsToDelete.beforeOffset(-1));
      admin.deleteRecords(all).all().get(30, TimeUnit.SECONDS);
    }
  }
}
