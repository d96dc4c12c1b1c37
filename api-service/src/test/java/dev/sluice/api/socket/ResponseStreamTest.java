package dev.sluice.api.socket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResponseStreamTest {
  @Test
  void a_stream_id_goes_in_front_and_nothing_else_changes() {
    var event = "{\"type\":\"x\",\"delta\":\"{é}\"}";
    assertThat(new String(ResponseStream.withStreamId(event.getBytes(UTF_8), "agent_1"), UTF_8))
        .isEqualTo("{\"stream_id\":\"agent_1\",\"type\":\"x\",\"delta\":\"{é}\"}");
  }
}
