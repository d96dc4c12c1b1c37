package dev.sluice.common.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LaneTest {
  @ParameterizedTest
  @EnumSource(Priority.class)
  void a_topic_names_its_lane(Priority priority) {
    var lane = new Lane("gpt-4o-mini", priority);
    assertThat(Lane.ofTopic(lane.topic())).isEqualTo(lane);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"sluice.requests.dlt", "sluice.requests..interactive", "other.interactive"})
  void other_topics_are_no_lanes(String topic) {
    assertThatThrownBy(() -> Lane.ofTopic(topic)).hasMessageContaining(topic);
  }

  @Test
  void a_reply_survives_the_log() {
    var reply = new Reply("resp_1", 7, 3, true, new byte[] {1, 2}, "00-0af7-b7ad-01");
    var produced = reply.toRecord(5);
    var consumed =
        new ConsumerRecord<byte[], byte[]>(produced.topic(), 5, 0, null, produced.value());
    produced.headers().forEach(consumed.headers()::add);
    assertThat(Reply.of(consumed)).usingRecursiveComparison().isEqualTo(reply);
  }

  @Test
  void a_record_without_headers_is_no_reply() {
    var bare = new ConsumerRecord<byte[], byte[]>(Topics.REPLIES, 0, 0, null, new byte[0]);
    assertThatThrownBy(() -> Reply.of(bare)).hasMessageContaining("response_id");
  }
}
