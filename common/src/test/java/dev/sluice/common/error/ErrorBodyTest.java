package dev.sluice.common.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ErrorBodyTest {
  private final ErrorBody body = new ErrorBody();

  @Test
  void a_frame_says_when_to_come_back_as_http_does() {
    assertThat(headers(new SluiceException(ErrorCode.TOO_MANY_RESPONSES)).path("retry-after"))
        .hasToString("\"1\"");
  }

  @Test
  void what_the_refusal_itself_says_comes_first() {
    var code = ErrorCode.SERVICE_UNAVAILABLE;
    var own = new SluiceException(code, code.sentence(), RetryAfter.headers(Duration.ofSeconds(7)));
    assertThat(headers(own).path("retry-after")).hasToString("\"7\"");
  }

  @Test
  void a_frame_has_no_headers_where_another_try_would_not_help() {
    assertThat(headers(new SluiceException(ErrorCode.INVALID_JSON)).isMissingNode()).isTrue();
  }

  private JsonNode headers(SluiceException refusal) {
    return new JsonMapper().readTree(body.frame(refusal, null)).path("headers");
  }
}
