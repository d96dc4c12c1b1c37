package dev.sluice.api.replies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.id.ResponseId;
import dev.sluice.common.topic.Reply;
import dev.sluice.common.topic.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** What becomes of those whose end never comes. */
class RepliesTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final TopicPartition HOME = new TopicPartition(Topics.REPLIES, 0);

  private final AtomicReference<Instant> clock = new AtomicReference<>(NOW);
  private final List<String> told = new CopyOnWriteArrayList<>();

  @Test
  void what_is_overdue_is_told_once_and_forgotten() {
    var replies = new Replies(anEmptyLog(), 0, clock::get);
    replies.start();
    try {
      replies.follow("late", NOW.plusSeconds(60), _ -> {}, () -> told.add("late"));
      replies.follow("later", NOW.plusSeconds(600), _ -> {}, () -> told.add("later"));
      assertThat(replies.current()).isEqualTo(2);
      clock.set(NOW.plusSeconds(61));
      await().until(() -> replies.current() == 1);
      clock.set(NOW.plusSeconds(120));
      clock.set(NOW.plusSeconds(601));
      await().until(() -> replies.current() == 0);
      assertThat(told).containsExactly("late", "later");
    } finally {
      replies.stop();
    }
  }

  @Test
  void a_visit_does_not_wait_for_ever() {
    var visits = new Visits(RepliesTest::aLogWithOneEvent, _ -> false, 10, Duration.ofMillis(100));
    visits.start();
    try {
      visits.visit(new ResponseId("resp_1", 0, 0), -1, new Waiting());
      await().until(() -> told.contains("lost: OVERDUE"));
      assertThat(told).containsExactly("event 0", "caught up", "lost: OVERDUE");
      await().until(() -> visits.current() == 0);
    } finally {
      visits.stop();
    }
  }

  private final class Waiting implements Visitor {
    @Override
    public void accept(Reply reply) {
      told.add("event " + reply.sequence());
    }

    @Override
    public void caughtUp(boolean found) {
      told.add(found ? "caught up" : "nothing found");
    }

    @Override
    public void atEnd() {
      told.add("end");
    }

    @Override
    public void lost(Loss loss) {
      told.add("lost: " + loss);
    }
  }

  private static MockConsumer<byte[], byte[]> anEmptyLog() {
    var consumer = new MockConsumer<byte[], byte[]>("earliest");
    consumer.updateBeginningOffsets(Map.of(HOME, 0L));
    consumer.updateEndOffsets(Map.of(HOME, 0L));
    return consumer;
  }

  private static MockConsumer<byte[], byte[]> aLogWithOneEvent() {
    var consumer = anEmptyLog();
    consumer.updateEndOffsets(Map.of(HOME, 1L));
    consumer.schedulePollTask(() -> {
      var event = new Reply("resp_1", 0, 0, false, new byte[0]).toRecord(0);
      consumer.addRecord(
          new org.apache.kafka.clients.consumer.ConsumerRecord<>(
              Topics.REPLIES,
              0,
              0L,
              0L,
              org.apache.kafka.common.record.TimestampType.CREATE_TIME,
              0,
              0,
              new byte[0],
              event.value(),
              event.headers(),
              java.util.Optional.empty()));
    });
    return consumer;
  }
}
