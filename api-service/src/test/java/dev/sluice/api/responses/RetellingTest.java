package dev.sluice.api.responses;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RetellingTest {
  private static final String ENDED =
      """
      {"id":"resp_1","status":"completed","output":[
        {"id":"msg_1","type":"message","role":"assistant","status":"completed","content":[
          {"type":"output_text","text":"The moon.","annotations":[]}]},
        {"id":"fc_1","type":"function_call","name":"look","arguments":"{}","status":"completed"}],
       "usage":{"total_tokens":7}}
      """;

  @Test
  void a_response_is_told_again_as_it_would_have_come() {
    var events = Retelling.of("resp_1", ENDED.getBytes(UTF_8));
    assertThat(events)
        .extracting(event -> RequestJson.object(event.event()).path("type").asString())
        .containsExactly(
            "response.output_item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "response.output_item.done",
            "response.output_item.added",
            "response.function_call_arguments.delta",
            "response.function_call_arguments.done",
            "response.output_item.done",
            "response.completed");
    for (int i = 0; i < events.size(); i++) {
      assertThat(events.get(i).sequence()).isEqualTo(i + 1);
      assertThat(events.get(i).terminal()).isEqualTo(i == events.size() - 1);
    }
    assertThat(RequestJson.object(events.get(2).event()).path("delta").asString())
        .isEqualTo("The moon.");
    assertThat(RequestJson.object(events.getLast().event()).path("response"))
        .isEqualTo(RequestJson.object(ENDED));
  }

  @Test
  void a_cancelled_response_ends_as_it_did() {
    var events = Retelling.of("resp_1", "{\"status\":\"cancelled\",\"output\":[]}".getBytes(UTF_8));
    assertThat(events).hasSize(1);
    assertThat(RequestJson.object(events.getFirst().event()).path("type").asString())
        .isEqualTo("response.incomplete");
  }
}
