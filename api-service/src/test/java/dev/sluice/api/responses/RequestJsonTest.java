package dev.sluice.api.responses;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class RequestJsonTest {
  private static final JsonMapper JSON = new JsonMapper();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":1.10}",
        "{\"a\":0.1000000000000000055511151231257827}",
        "{\"a\":123456789012345678901234567890}",
        "{\"a\":-7}",
        "{\"a\":\"é\\u0000😀\"}",
        "{\"a\":[{},[],null,true]}"
      })
  void what_a_client_writes_goes_on_as_it_was_written(String text) {
    assertThat(new JsonMapper().writeValueAsString(RequestJson.request(text))).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "1",
        "null",
        "{",
        "{\"a\":1,\"a\":2}",
        "{} {}",
        "{'a':1}",
        "{\"a\":NaN}"
      })
  void whatever_is_not_one_json_object_is_refused(String text) {
    assertThat(refusal(text.getBytes(UTF_8)).code()).isEqualTo(ErrorCode.INVALID_JSON);
  }

  @Test
  void what_is_not_utf8_is_refused() {
    assertThat(refusal(new byte[] {'{', '"', (byte) 0xC3, '"', ':', '1', '}'}).code())
        .isEqualTo(ErrorCode.INVALID_JSON);
  }

  @Test
  void a_request_that_is_nested_as_deeply_as_may_be_can_be_told_of() {
    var body = RequestJson.request(nested(RequestJson.DEEPEST_REQUEST));
    var queued =
        QueuedEvent.of("resp_1", Instant.EPOCH, body, null, false, JSON.createObjectNode());
    assertThat(RequestJson.object(queued).path("response").path("tool_choice"))
        .isEqualTo(body.path("tool_choice"));
  }

  @Test
  void one_that_is_nested_more_deeply_is_refused_with_the_limit() {
    var refusal =
        catchThrowableOfType(
            SluiceException.class,
            () -> RequestJson.request(nested(RequestJson.DEEPEST_REQUEST + 1)));
    assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_JSON);
    assertThat(refusal.detail()).contains("at most 200 levels");
  }

  private static String nested(int levels) {
    return "{\"tool_choice\":" + "[".repeat(levels - 1) + "]".repeat(levels - 1) + "}";
  }

  @Test
  void the_response_in_an_event_is_taken_out_byte_for_byte() {
    var event =
        "{\"type\":\"x\", \"response\" : { \"a\" : 1.10, \"b\":{\"response\":{}} } ,\"c\":\"é\"}";
    assertThat(new String(Retrieved.ofEvent(event.getBytes(UTF_8)), UTF_8))
        .isEqualTo("{ \"a\" : 1.10, \"b\":{\"response\":{}} }");
  }

  private static SluiceException refusal(byte[] bytes) {
    return catchThrowableOfType(SluiceException.class, () -> RequestJson.request(bytes));
  }
}
