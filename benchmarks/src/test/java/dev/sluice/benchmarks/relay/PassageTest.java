package dev.sluice.benchmarks.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.benchmarks.TestingStack;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The services' packages change; a benchmark that leaves one of them out does not start. */
class PassageTest {
  @Test
  void an_answer_comes_back_from_the_replies_with_all_its_events() throws InterruptedException {
    long now = System.nanoTime();
    var measured = new Measured(now, now + Duration.ofSeconds(60).toNanos());
    try (var passage = new Passage(TestingStack.run(), TestingStack.kafka())) {
      var reader = passage.reader(measured, 10);
      for (int i = 0; i < 5; i++)
        reader.event(
            "response.output_text.delta",
            """
            {"type":"response.output_text.delta","sequence_number":%d,"item_id":"msg_1",\
            "output_index":0,"content_index":0,"delta":"salt "}\
            """
                .formatted(i)
                .getBytes(UTF_8));
      reader.event(
          "response.completed",
          """
          {"type":"response.completed","sequence_number":5,\
          "response":{"id":"resp_1","object":"response","status":"completed","output":[]}}\
          """
              .getBytes(UTF_8));
      reader.end();
    }
    assertThat(measured.eventsPerSecond() * 60).isEqualTo(6);
    assertThat(measured.added().p50()).isPositive();
  }
}
