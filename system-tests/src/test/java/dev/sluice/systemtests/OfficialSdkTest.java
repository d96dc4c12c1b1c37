package dev.sluice.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseRetrieveParams;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** OpenAI's own Java SDK, its base URL changed and nothing else. */
class OfficialSdkTest {
  private static final String MODEL = "gpt-4o-mini";
  private static final OpenAIClient CLIENT = client(TestingSystem.token("user1"));

  private final Simulator simulator = TestingSystem.simulator();

  @BeforeEach
  void behave() {
    simulator.behave();
  }

  @AfterAll
  static void close() {
    CLIENT.close();
  }

  private static OpenAIClient client(String token) {
    return OpenAIOkHttpClient.builder()
        .baseUrl(TestingSystem.url() + "/v1")
        .apiKey(token)
        .maxRetries(0)
        .build();
  }

  @Test
  void responses_create() {
    var response = CLIENT.responses().create(ask("Hello from the SDK [[tokens=30]]").build());
    assertThat(response.validate().status()).contains(ResponseStatus.COMPLETED);
    assertThat(response.usage().orElseThrow().outputTokens()).isEqualTo(30);
    assertThat(text(response)).isNotBlank();
  }

  @Test
  void responses_create_streaming() {
    var accumulator = ResponseAccumulator.create();
    var text = new StringBuilder();
    try (var stream = CLIENT.responses().createStreaming(ask("Hello from the SDK").build())) {
      stream.stream()
          .map(ResponseStreamEvent::validate)
          .peek(accumulator::accumulate)
          .forEach(event -> event.outputTextDelta().ifPresent(delta -> text.append(delta.delta())));
    }
    assertThat(text).hasToString(text(accumulator.response()));
  }

  @Test
  void responses_retrieve_and_cancel_in_the_background() {
    simulator.latency(50, 200);
    var queued =
        CLIENT.responses().create(ask("A long one [[tokens=300]]").background(true).build());
    assertThat(queued.status()).contains(ResponseStatus.QUEUED);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() ->
            CLIENT
                .responses()
                .retrieve(queued.id())
                .status()
                .filter(ResponseStatus.IN_PROGRESS::equals)
                .isPresent());
    assertThat(CLIENT.responses().cancel(queued.id()).status()).contains(ResponseStatus.CANCELLED);
    assertThat(CLIENT.responses().retrieve(queued.id()).status())
        .contains(ResponseStatus.CANCELLED);
  }

  @Test
  void responses_retrieve_streaming_from_where_it_broke_off() {
    var all = new ArrayList<ResponseStreamEvent>();
    try (var stream = CLIENT.responses().createStreaming(ask("Hello again").build())) {
      stream.stream().forEach(all::add);
    }
    var id = all.getFirst().created().orElseThrow().response().id();
    var again = new ArrayList<ResponseStreamEvent>();
    var from = ResponseRetrieveParams.builder().responseId(id).startingAfter(4).build();
    try (var stream = CLIENT.responses().retrieveStreaming(from)) {
      stream.stream().forEach(again::add);
    }
    assertThat(again).isEqualTo(all.subList(5, all.size()));
  }

  @Test
  void responses_continue_and_delete() {
    var first = CLIENT.responses().create(ask("My name is Ada.").build());
    await()
        .atMost(Duration.ofSeconds(10))
        .ignoreExceptionsInstanceOf(BadRequestException.class)
        .untilAsserted(() -> {
          var second =
              CLIENT.responses().create(ask("Who am I?").previousResponseId(first.id()).build());
          assertThat(second.usage().orElseThrow().inputTokens())
              .isGreaterThan(first.usage().orElseThrow().inputTokens());
        });
    CLIENT.responses().delete(first.id());
    assertThat(
            catchThrowableOfType(
                NotFoundException.class, () -> CLIENT.responses().retrieve(first.id())))
        .isNotNull();
  }

  @Test
  void chat_completions_create() {
    var completion =
        CLIENT.chat().completions().create(chat("Hello from chat [[tokens=30]]").build());
    var choice = completion.validate().choices().getFirst();
    assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
    assertThat(choice.message().content().orElseThrow()).isNotBlank();
    assertThat(completion.usage().orElseThrow().completionTokens()).isEqualTo(30);
  }

  @Test
  void chat_completions_cut_at_a_length() {
    var completion =
        CLIENT
            .chat()
            .completions()
            .create(chat("A long one [[tokens=200]]").maxCompletionTokens(20).build());
    assertThat(completion.choices().getFirst().finishReason())
        .isEqualTo(ChatCompletion.Choice.FinishReason.LENGTH);
  }

  @Test
  void chat_completions_create_streaming_with_usage() {
    var params =
        chat("Hello from chat [[tokens=30]]")
            .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
            .build();
    var accumulator = ChatCompletionAccumulator.create();
    var usage = new ArrayList<Long>();
    try (var stream = CLIENT.chat().completions().createStreaming(params)) {
      stream.stream()
          .peek(chunk -> chunk.validate())
          .peek(chunk -> chunk.usage().ifPresent(it -> usage.add(it.completionTokens())))
          .forEach(accumulator::accumulate);
    }
    var completion = accumulator.chatCompletion();
    assertThat(usage).containsExactly(30L);
    assertThat(completion.choices().getFirst().message().content().orElseThrow())
        .isEqualTo(
            CLIENT
                .chat()
                .completions()
                .create(chat("Hello from chat [[tokens=30]]").build())
                .choices()
                .getFirst()
                .message()
                .content()
                .orElseThrow());
  }

  @Test
  void a_wrong_token_is_a_401() {
    var stranger = client("nonsense");
    try {
      var refused =
          catchThrowableOfType(
              UnauthorizedException.class, () -> stranger.responses().create(ask("hello").build()));
      assertThat(refused.code()).contains("invalid_token");
    } finally {
      stranger.close();
    }
  }

  @Test
  void a_wrong_field_is_a_400_that_names_it() {
    var refused =
        catchThrowableOfType(
            BadRequestException.class,
            () ->
                CLIENT
                    .responses()
                    .create(
                        ask("hello")
                            .putAdditionalBodyProperty("max_output_tokens", JsonValue.from("many"))
                            .build()));
    assertThat(refused.code()).contains("invalid_type");
    assertThat(refused.param()).contains("max_output_tokens");
    var chat =
        catchThrowableOfType(
            BadRequestException.class,
            () -> CLIENT.chat().completions().create(chat("hello").n(2).build()));
    assertThat(chat.param()).contains("n");
  }

  @Test
  void an_unknown_model_or_response_is_a_404() {
    var model =
        catchThrowableOfType(
            NotFoundException.class,
            () -> CLIENT.responses().create(ask("hello").model("gpt-nobody").build()));
    assertThat(model.code()).contains("model_not_found");
    var response =
        catchThrowableOfType(
            NotFoundException.class, () -> CLIENT.responses().retrieve("resp_nobodys"));
    assertThat(response.code()).contains("response_not_found");
  }

  @Test
  void a_provider_that_keeps_refusing_for_its_rate_limit_is_a_429() {
    simulator.faults("{\"kind\":\"rate_limit\",\"times\":6,\"retry_after_ms\":20}");
    try {
      for (Runnable call :
          new Runnable[] {
            () -> CLIENT.responses().create(ask("hello").build()), OfficialSdkTest::streamChat
          }) {
        var refused = catchThrowableOfType(RateLimitException.class, call::run);
        assertThat(refused.code()).contains("rate_limit_exceeded");
        assertThat(refused.type()).contains("rate_limit_error");
        assertThat(refused.headers().values("retry-after")).isNotEmpty();
      }
    } finally {
      simulator.behave();
    }
  }

  private static void streamChat() {
    try (var stream = CLIENT.chat().completions().createStreaming(chat("hello").build())) {
      stream.stream().forEach(chunk -> {});
    }
  }

  private static ResponseCreateParams.Builder ask(String input) {
    return ResponseCreateParams.builder().model(MODEL).input(input);
  }

  private static ChatCompletionCreateParams.Builder chat(String input) {
    return ChatCompletionCreateParams.builder()
        .model(MODEL)
        .addSystemMessage("Answer briefly.")
        .addUserMessage(input);
  }

  private static String text(Response response) {
    var text = new StringBuilder();
    response.output().stream()
        .flatMap(item -> item.message().stream())
        .flatMap(message -> message.content().stream())
        .flatMap(content -> content.outputText().stream())
        .forEach(part -> text.append(part.text()));
    return text.toString();
  }
}
