package dev.sluice.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.responses.RequestJson;
import dev.sluice.common.error.ErrorBody;
import dev.sluice.common.error.ErrorCode;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class FailuresTest {
  private static final ObjectNode CANCELLED = incomplete("cancelled");

  private final Failures failures = new Failures(new ErrorBody());

  @Test
  void a_completion_that_was_cancelled_is_an_error_and_no_empty_answer() {
    var failure = failures.ofCompletion(CANCELLED).orElseThrow();
    assertThat(failure.known()).isEqualTo(ErrorCode.CANCELLED);
    assertThat(failure.body()).contains("\"code\":\"cancelled\"");
  }

  @Test
  void a_response_that_was_cancelled_says_so_itself() {
    assertThat(failures.of(CANCELLED)).isEmpty();
  }

  @Test
  void a_completion_that_is_too_long_is_an_answer() {
    assertThat(failures.ofCompletion(incomplete("max_output_tokens"))).isEmpty();
  }

  private static ObjectNode incomplete(String reason) {
    return RequestJson.object(
        """
        {"status":"incomplete","incomplete_details":{"reason":"%s"},"output":[]}\
        """
            .formatted(reason));
  }
}
