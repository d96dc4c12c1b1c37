package dev.sluice.simulator;

import static dev.sluice.simulator.TestingClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorContractTest {
  @SuppressWarnings("NullAway.Init")
  private static OpenAiSimulator simulator;

  @SuppressWarnings("NullAway.Init")
  private static TestingClient client;

  @BeforeAll
  static void start() {
    simulator = OpenAiSimulator.start(SimulatorOptions.defaults().withLatency(0, 0, 0));
    client = new TestingClient(simulator);
  }

  @AfterAll
  static void stop() {
    client.close();
    simulator.close();
  }

  @Test
  void without_a_key_a_request_is_unauthorised() {
    var response = client.post("/v1/responses", "{}");

    assertError(response, 401, null, null);
    assertThat(message(response)).startsWith("You didn't provide an API key.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sk-wrong", "sk-invalid-1"})
  void a_wrong_key_is_named_in_the_error(String key) {
    var response = client.post("/v1/responses", "{}", "Authorization", "Bearer " + key);

    assertError(response, 401, "invalid_api_key", null);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "nonsense"})
  void what_is_not_a_json_object_is_refused(String body) {
    var response = client.responses(body);

    assertError(response, 400, null, null);
    assertThat(message(response)).startsWith("We could not parse the JSON body of your request.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"input":"x"}                                                 | missing_required_parameter | model
          {"model":7,"input":"x"}                                       | invalid_type    | model
          {"model":"gpt-4o"}                                            | missing_required_parameter | input
          {"model":"gpt-4o","input":null}                               | missing_required_parameter | input
          {"model":"gpt-4o","input":""}                                 | empty_string    | input
          {"model":"gpt-4o","input":[]}                                 | empty_array     | input
          {"model":"gpt-4o","input":5}                                  | invalid_type    | input
          {"model":"gpt-4o","input":["x"]}                              | invalid_type    | input[0]
          {"model":"gpt-4o","input":[{"content":"x"}]}                  | missing_required_parameter | input[0].role
          {"model":"gpt-4o","input":[{"role":"robot","content":"x"}]}   | invalid_value   | input[0].role
          {"model":"gpt-4o","input":[{"role":"user"}]}                  | missing_required_parameter | input[0].content
          {"model":"gpt-4o","input":[{"role":"user","content":[{"type":"x"}]}]} | invalid_value | input[0].content[0].type
          {"model":"gpt-4o","input":"x","max_output_tokens":15}         | integer_below_min_value | max_output_tokens
          {"model":"gpt-4o","input":"x","max_output_tokens":-1}         | integer_below_min_value | max_output_tokens
          {"model":"gpt-4o","input":"x","max_output_tokens":"9"}        | invalid_type    | max_output_tokens
          {"model":"gpt-4o","input":"x","max_output_tokens":16.5}       | invalid_type    | max_output_tokens
          {"model":"gpt-4o","input":"x","temperature":2.1}              | decimal_above_max_value | temperature
          {"model":"gpt-4o","input":"x","temperature":-1}               | decimal_below_min_value | temperature
          {"model":"gpt-4o","input":"x","top_p":"1"}                    | invalid_type    | top_p
          {"model":"gpt-4o","input":"x","stream":"yes"}                 | invalid_type    | stream
          {"model":"gpt-4o","input":"x","service_tier":"gold"}          | invalid_value   | service_tier
          {"model":"gpt-4o","input":"x","stream_id":"a"}                | unknown_parameter | stream_id
          {"model":"gpt-4o","input":"x","previous_response_id":"resp_0"} | previous_response_not_found | previous_response_id
          """)
  void a_wrong_responses_request_says_what_is_wrong_where(String body, String code, String param) {
    assertError(client.responses(body), 400, code, param);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"model":"gpt-4o"}                                                  | missing_required_parameter | messages
          {"model":"gpt-4o","messages":"x"}                                   | invalid_type    | messages
          {"model":"gpt-4o","messages":[]}                                    | empty_array     | messages
          {"model":"gpt-4o","messages":[{"role":"user","content":7}]}         | invalid_type    | messages[0].content
          {"model":"gpt-4o","messages":[{"role":"user","content":"x"}],"max_tokens":0} | integer_below_min_value | max_tokens
          {"model":"gpt-4o","messages":[{"role":"user","content":"x"}],"max_tokens":1,"max_completion_tokens":1} | invalid_parameter_combination | max_tokens
          {"model":"gpt-4o","messages":[{"role":"user","content":"x"}],"input":"x"} | unknown_parameter | input
          """)
  void a_wrong_chat_request_says_what_is_wrong_where(String body, String code, String param) {
    assertError(client.chat(body), 400, code, param);
  }

  @Test
  void the_words_are_the_providers() {
    var response =
        client.responses("{\"model\":\"gpt-4o\",\"input\":\"x\",\"max_output_tokens\":3}");

    assertThat(message(response))
        .isEqualTo(
            "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but"
                + " got 3 instead.");
  }

  @Test
  void an_unknown_model_is_not_found() {
    var response = client.responses("{\"model\":\"gpt-9\",\"input\":\"x\"}");

    assertError(response, 404, "model_not_found", null);
    assertThat(message(response))
        .isEqualTo("The model `gpt-9` does not exist or you do not have access to it.");
  }

  @Test
  void more_than_the_context_is_refused_with_both_figures() {
    var content = "word ".repeat(20_000);
    var response =
        client.chat(
            "{\"model\":\"gpt-3.5-turbo\",\"messages\":[{\"role\":\"user\",\"content\":\""
                + content
                + "\"}]}");

    assertError(response, 400, "context_length_exceeded", "messages");
    assertThat(message(response))
        .contains("maximum context length is 16385 tokens", "resulted in 25007 tokens");
  }

  @Test
  void an_unknown_path_and_a_wrong_method_are_errors_in_the_same_shape() {
    assertError(client.get("/v1/nothing"), 404, null, null);
    assertError(client.get("/v1/responses"), 405, "method_not_supported", null);
  }

  @Test
  void a_client_request_id_is_ascii_of_at_most_512_characters() {
    var body = "{\"model\":\"gpt-4o\",\"input\":\"x\"}";
    var response =
        client.post(
            "/v1/responses",
            body,
            "Authorization",
            "Bearer sk-test",
            "X-Client-Request-Id",
            "x".repeat(513));

    assertError(response, 400, "invalid_client_request_id", null);
  }

  @Test
  void every_answer_names_the_request_its_time_and_the_version() {
    for (var response :
        new HttpResponse<?>[] {client.get("/v1/nothing"), client.responses("{}"), ok()}) {
      assertThat(response.headers().firstValue("x-request-id").orElseThrow()).startsWith("req_");
      assertThat(response.headers().firstValue("openai-processing-ms").orElseThrow())
          .matches("\\d+");
      assertThat(response.headers().firstValue("openai-version")).contains("2020-10-01");
    }
  }

  @Test
  void models_are_listed_and_described_for_a_key() {
    var list = json(client.get("/v1/models", "Authorization", "Bearer sk-test"));
    var one = json(client.get("/v1/models/gpt-4o-2024-08-06", "Authorization", "Bearer sk-test"));

    assertThat(list.path("data").findValuesAsString("id"))
        .containsExactly("gpt-3.5-turbo", "gpt-4o", "gpt-4o-mini");
    assertThat(one.path("object").asString()).isEqualTo("model");
    assertError(client.get("/v1/models"), 401, null, null);
  }

  private static HttpResponse<String> ok() {
    return client.responses("{\"model\":\"gpt-4o\",\"input\":\"[[tokens=1]]\"}");
  }

  private static String message(HttpResponse<String> response) {
    return json(response).path("error").path("message").asString();
  }

  private static void assertError(
      HttpResponse<String> response,
      int status,
      @org.jspecify.annotations.Nullable String code,
      @org.jspecify.annotations.Nullable String param) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    var error = json(response).path("error");
    assertThat(error.propertyNames()).containsExactly("message", "type", "param", "code");
    assertThat(error.path("type").asString()).isEqualTo("invalid_request_error");
    assertThat(error.get("code").isNull() ? null : error.get("code").asString()).isEqualTo(code);
    assertThat(error.get("param").isNull() ? null : error.get("param").asString()).isEqualTo(param);
  }
}
