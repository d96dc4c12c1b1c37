package dev.sluice.worker.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.okhttp.OpenAIOkHttpClient;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.message.TokenUsage;
import dev.sluice.common.topic.Priority;
import dev.sluice.simulator.OpenAiSimulator;
import dev.sluice.simulator.SimulatorOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a call that no answer came to is taken to cost. */
class ModelTest {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final OpenAiSimulator provider =
      OpenAiSimulator.start(SimulatorOptions.defaults().withLatency(0, 0, 0));

  @AfterEach
  void stop() {
    provider.close();
  }

  @Test
  void one_that_was_sent_and_never_answered_is_estimated() {
    call(provider.apiUrl()); // what a first call costs in time is no part of this
    provider.setFaults("{\"faults\":[{\"kind\":\"hang\"}]}");
    assertThat(call(provider.apiUrl()))
        .isInstanceOfSatisfying(
            CallOutcome.Failed.class,
            failed -> {
              assertThat(failed.failure().code()).isEqualTo(ErrorCode.PROVIDER_TIMEOUT);
              assertThat(failed.usage()).isEqualTo(TokenUsage.estimated(17, 0));
            });
  }

  @Test
  void one_that_was_refused_costs_nothing() {
    provider.setFaults("{\"faults\":[{\"kind\":\"server_error\"}]}");
    assertThat(call(provider.apiUrl()))
        .isInstanceOfSatisfying(
            CallOutcome.Failed.class,
            failed -> assertThat(failed.usage()).isEqualTo(TokenUsage.NONE));
  }

  @Test
  void one_that_never_left_costs_nothing() {
    assertThat(call("http://127.0.0.1:1/v1"))
        .isInstanceOfSatisfying(
            CallOutcome.Failed.class,
            failed -> assertThat(failed.usage()).isEqualTo(TokenUsage.NONE));
  }

  private static CallOutcome call(String url) {
    var running = new RunningCall.Capture();
    var client =
        OpenAIOkHttpClient.builder()
            .apiKey("sk-test")
            .baseUrl(url)
            .maxRetries(0)
            .addInterceptor(running)
            .build();
    var properties =
        new ModelProperties(
            "sk-test", Map.of(), url, PATIENCE, PATIENCE, PATIENCE, PATIENCE, 1, 0, PATIENCE);
    try (var model =
        new Model(Map.of("pool", client), running, new Watchdog(System::nanoTime), properties)) {
      return model.call("pool", request(), 1, never(), listener());
    }
  }

  private static RequestEnvelope request() {
    return new RequestEnvelope(
        "resp_1",
        "u",
        "t",
        Map.of(),
        "gpt-4o-mini",
        Priority.INTERACTIVE,
        Instant.EPOCH,
        Instant.EPOCH,
        17,
        17,
        0,
        0,
        "{\"model\":\"gpt-4o-mini\",\"input\":\"Hello [[tokens=5]]\"}",
        null,
        Map.of());
  }

  private static StopRequest never() {
    return new StopRequest() {
      @Override
      public boolean isStopped() {
        return false;
      }

      @Override
      public void onStop(Runnable action) {}
    };
  }

  private static CallListener listener() {
    return new CallListener() {
      @Override
      public void rateLimits(RateLimits limits, boolean admitted) {}

      @Override
      public void event(ProviderEvent event) {}
    };
  }
}
