package dev.sluice.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.NotFoundException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * OpenAI's own Java client reads everything; {@code validate()} checks shapes to the last field.
 */
class OfficialSdkTest {
  @SuppressWarnings("NullAway.Init")
  private static OpenAiSimulator simulator;

  @SuppressWarnings("NullAway.Init")
  private static OpenAIClient client;

  @BeforeAll
  static void start() {
    simulator = OpenAiSimulator.start(SimulatorOptions.defaults().withLatency(0, 0, 0));
    client = client("sk-test");
  }

  @AfterAll
  static void stop() {
    client.close();
    simulator.close();
  }

  @Test
  void it_reads_a_streamed_response() {
    var events = new ArrayList<ResponseStreamEvent>();
    try (var stream = client.responses().createStreaming(asking("Hello [[tokens=30]]"))) {
      stream.stream().forEach(event -> events.add(event.validate()));
    }

    var text = new StringBuilder();
    events.forEach(event -> event.outputTextDelta().ifPresent(delta -> text.append(delta.delta())));
    var completed = events.getLast().asCompleted().response();
    assertThat(text.toString().split("\\s+")).hasSize(30);
    assertThat(completed.usage().orElseThrow().outputTokens()).isEqualTo(30);
  }

  @Test
  void it_reads_an_incomplete_response() {
    var asking = asking("[[tokens=30]]").toBuilder().maxOutputTokens(16).build();
    try (var stream = client.responses().createStreaming(asking)) {
      var last = stream.stream().reduce((before, event) -> event).orElseThrow().validate();

      assertThat(last.isIncomplete()).isTrue();
    }
  }

  @Test
  void it_reads_a_whole_response() {
    var response = client.responses().create(asking("Hello [[tokens=30]]")).validate();

    assertThat(response.status()).contains(ResponseStatus.COMPLETED);
    assertThat(response.output().getFirst().asMessage().content().getFirst().asOutputText().text())
        .contains("Hello");
  }

  @Test
  void it_reads_a_failed_response() {
    simulator.setFaults("{\"faults\":[{\"kind\":\"failed_event\",\"at_token\":1}]}");
    try (var stream = client.responses().createStreaming(asking("Hello"))) {
      var last = stream.stream().reduce((before, event) -> event).orElseThrow().validate();

      assertThat(last.asFailed().response().error().orElseThrow().code().asString())
          .isEqualTo("server_error");
    }
  }

  @Test
  void it_reads_a_streamed_chat() {
    var asking =
        chat("Hello [[tokens=12]]").toBuilder()
            .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
            .build();
    try (var stream = client.chat().completions().createStreaming(asking)) {
      var last = stream.stream().reduce((before, chunk) -> chunk.validate()).orElseThrow();

      assertThat(last.usage().orElseThrow().completionTokens()).isEqualTo(12);
    }
  }

  @Test
  void it_reads_a_whole_chat() {
    var completion = client.chat().completions().create(chat("Hello [[tokens=12]]")).validate();

    assertThat(completion.choices().getFirst().message().content().orElseThrow()).contains("Hello");
  }

  @Test
  void it_reads_the_models() {
    var models = client.models().list().data();

    assertThat(models).allSatisfy(model -> model.validate()).hasSize(3);
  }

  @Test
  void it_knows_the_errors() {
    var stranger = client("sk-wrong");
    assertThatThrownBy(() -> stranger.responses().create(asking("Hello")))
        .isInstanceOf(UnauthorizedException.class);
    stranger.close();
    assertThatThrownBy(() ->
            client.responses().create(asking("Hello").toBuilder().model("gpt-unknown").build()))
        .isInstanceOf(NotFoundException.class);
    simulator.setFaults("{\"faults\":[{\"kind\":\"rate_limit\",\"match\":\"limited\"}]}");
    assertThatThrownBy(() -> client.responses().create(asking("limited")))
        .isInstanceOfSatisfying(
            RateLimitException.class,
            error -> assertThat(error.code()).contains("rate_limit_exceeded"));
  }

  private static OpenAIClient client(String key) {
    return OpenAIOkHttpClient.builder()
        .apiKey(key)
        .baseUrl(simulator.apiUrl())
        .maxRetries(0)
        .build();
  }

  private static ResponseCreateParams asking(String question) {
    return ResponseCreateParams.builder().model("gpt-4o-mini").input(question).build();
  }

  private static ChatCompletionCreateParams chat(String question) {
    return ChatCompletionCreateParams.builder()
        .model("gpt-4o-mini")
        .addUserMessage(question)
        .build();
  }
}
