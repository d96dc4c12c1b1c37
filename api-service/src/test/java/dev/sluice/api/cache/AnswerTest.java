package dev.sluice.api.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.topic.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AnswerTest {
  private static final byte[] DELTA =
      "{\"type\":\"response.output_text.delta\",\"delta\":\"ä\"}".getBytes(UTF_8);
  private static final byte[] COMPLETED = "{\"type\":\"response.completed\"}".getBytes(UTF_8);
  private static final byte[] FAILED = "{\"type\":\"response.failed\"}".getBytes(UTF_8);

  private final List<Optional<Answer>> recorded = new ArrayList<>();

  @Test
  void an_answer_is_kept_byte_for_byte() {
    var read =
        Answer.decode(new Answer("resp_a", List.of(DELTA, COMPLETED)).encode()).orElseThrow();
    assertThat(read.responseId()).isEqualTo("resp_a");
    assertThat(read.events()).containsExactly(DELTA, COMPLETED);
  }

  @Test
  void what_cannot_be_read_is_a_miss() {
    var bytes = new Answer("resp_a", List.of(DELTA, COMPLETED)).encode();
    bytes[0] = 9;
    assertThat(Answer.decode(bytes)).isEmpty();
    assertThat(Answer.decode(new byte[0])).isEmpty();
    assertThat(Answer.decode(new byte[] {1, 2, 3})).isEmpty();
  }

  @Test
  void a_completed_answer_is_recorded_whole() {
    hear(1_000, DELTA, COMPLETED);
    assertThat(recorded).hasSize(1);
    assertThat(recorded.getFirst().orElseThrow().events()).containsExactly(DELTA, COMPLETED);
  }

  @Test
  void what_did_not_complete_or_is_too_long_is_not() {
    hear(1_000, DELTA, FAILED);
    hear(5, DELTA, DELTA, COMPLETED);
    assertThat(recorded).containsExactly(Optional.empty(), Optional.empty());
  }

  private void hear(int maxBytes, byte[]... events) {
    var recorder = new AnswerRecorder("resp_a", maxBytes, recorded::add);
    for (int i = 0; i < events.length; i++)
      recorder.accept(new Reply("resp_a", i + 1, 1, i == events.length - 1, events[i]));
  }
}
