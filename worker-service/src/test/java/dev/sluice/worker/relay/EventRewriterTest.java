package dev.sluice.worker.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventRewriterTest {
  private final EventRewriter rewriter = new EventRewriter();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"type":"x","sequence_number":7}                | {"type":"x","sequence_number":12}
          {"sequence_number" : 7 ,"delta":"a\\"b"}        | {"sequence_number" : 12 ,"delta":"a\\"b"}
          {"response":{"id":"up","n":1.50},"new":[{"id":"i","sequence_number":3}],"sequence_number":0} | {"response":{"id":"resp_1","n":1.50},"new":[{"id":"i","sequence_number":3}],"sequence_number":12}
          {"response":{"output":[{"id":"msg"}],"id":"u\\"p"},"sequence_number":0} | {"response":{"output":[{"id":"msg"}],"id":"resp_1"},"sequence_number":12}
          {"type":"x"}                                    | {"sequence_number":12,"type":"x"}
          {"emoji":"😀","sequence_number":1}              | {"emoji":"😀","sequence_number":12}
          """)
  void only_what_is_ours_changes(String event, String rewritten) {
    assertThat(new String(rewriter.rewrite(event.getBytes(UTF_8), "resp_1", 12, ""), UTF_8))
        .isEqualTo(rewritten);
  }

  @Test
  void what_is_added_comes_first() {
    for (var event : List.of("{\"sequence_number\":7}", "{\"type\":\"x\"}"))
      assertThat(
              new String(
                  rewriter.rewrite(event.getBytes(UTF_8), "resp_1", 12, "\"sluice\":{},"), UTF_8))
          .startsWith("{\"sluice\":{},")
          .contains("\"sequence_number\":12");
  }

  @Test
  void a_large_event_keeps_every_other_byte() {
    var text = "é\\n".repeat(50_000);
    var event = "{\"response\":{\"t\":\"" + text + "\",\"id\":\"up\"},\"sequence_number\":5}";
    assertThat(new String(rewriter.rewrite(event.getBytes(UTF_8), "resp_1", 6, ""), UTF_8))
        .isEqualTo(event.replace("\"up\"", "\"resp_1\"").replace(":5}", ":6}"));
  }
}
