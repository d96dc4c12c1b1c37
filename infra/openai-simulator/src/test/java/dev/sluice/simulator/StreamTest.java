package dev.sluice.simulator;

import static dev.sluice.simulator.TestingClient.events;
import static dev.sluice.simulator.TestingClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class StreamTest {
  private static final Pattern FRAME_END = Pattern.compile("\n\n");

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
  void a_response_is_streamed_in_the_documented_order() {
    var events = events(client.responses(streaming("Hello [[tokens=3]]", "")));

    assertThat(types(events))
        .containsExactly(
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.delta",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "response.output_item.done",
            "response.completed");
  }

  @Test
  void each_frame_names_its_event_as_its_data_does() {
    var body = client.responses(streaming("Hello [[tokens=2]]", "")).body();

    for (var frame : FRAME_END.split(body.strip())) {
      var lines = frame.lines().toList();
      assertThat(lines).hasSize(2);
      assertThat(lines.getLast())
          .startsWith("data: {\"type\":\"" + lines.getFirst().substring(7) + "\"");
    }
  }

  @Test
  void sequence_numbers_count_from_0_without_a_gap() {
    var events = events(client.responses(streaming("Hello [[tokens=50]]", "")));

    assertThat(events.stream().map(event -> event.path("sequence_number").asInt()))
        .containsExactlyElementsOf(IntStream.range(0, events.size()).boxed().toList());
  }

  @Test
  void the_deltas_are_the_text_and_usage_comes_with_the_end_alone() {
    var events = events(client.responses(streaming("Hello [[tokens=40]] [[cached=5]]", "")));
    var text = new StringBuilder();
    events.forEach(event -> text.append(event.path("delta").asString("")));
    var response = events.getLast().path("response");

    assertThat(response.at("/output/0/content/0/text").asString()).isEqualTo(text.toString());
    assertThat(events.stream().filter(event -> event.at("/response/usage").isObject())).hasSize(1);
    assertThat(response.at("/usage/output_tokens").asInt()).isEqualTo(40);
    assertThat(response.at("/usage/input_tokens_details/cached_tokens").asInt()).isEqualTo(5);
    assertThat(response.at("/usage/total_tokens").asInt())
        .isEqualTo(response.at("/usage/input_tokens").asInt() + 40);
  }

  @Test
  void max_output_tokens_makes_a_response_incomplete() {
    var events = events(client.responses(streaming("[[tokens=40]]", ",\"max_output_tokens\":16")));
    var response = events.getLast().path("response");

    assertThat(types(events).getLast()).isEqualTo("response.incomplete");
    assertThat(response.path("status").asString()).isEqualTo("incomplete");
    assertThat(response.at("/incomplete_details/reason").asString()).isEqualTo("max_output_tokens");
    assertThat(response.at("/usage/output_tokens").asInt()).isEqualTo(16);
  }

  @Test
  void the_same_request_gives_the_same_document_as_its_stream() {
    var streamed = events(client.responses(streaming("Hello [[tokens=9]]", ""))).getLast();
    var document =
        json(client.responses("{\"model\":\"gpt-4o-mini\",\"input\":\"Hello [[tokens=9]]\"}"));

    assertThat(document.at("/output/0/content"))
        .isEqualTo(streamed.path("response").at("/output/0/content"));
    assertThat(document.path("usage")).isEqualTo(streamed.path("response").path("usage"));
  }

  @Test
  void the_service_tier_that_serves_is_named() {
    assertThat(tierServed("")).isEqualTo("default");
    assertThat(tierServed(",\"service_tier\":\"auto\"")).isEqualTo("default");
    assertThat(tierServed(",\"service_tier\":\"flex\"")).isEqualTo("flex");
    assertThat(tierServed(",\"service_tier\":\"fast\"")).isEqualTo("priority");
  }

  @Test
  void a_response_echoes_what_was_asked() {
    var asked =
        ",\"temperature\":0.2,\"metadata\":{\"team\":\"red\"},\"instructions\":\"Be kind.\"";
    var response = events(client.responses(streaming("Hello", asked))).getFirst().path("response");

    assertThat(response.path("temperature").asDouble()).isEqualTo(0.2);
    assertThat(response.at("/metadata/team").asString()).isEqualTo("red");
    assertThat(response.path("instructions").asString()).isEqualTo("Be kind.");
  }

  @Test
  void a_chat_stream_opens_with_the_role_and_ends_in_done() {
    var response = client.chat(chat("Hello [[tokens=2]]", ",\"stream\":true"));
    var chunks = events(response);

    assertThat(response.body()).endsWith("data: [DONE]\n\n");
    assertThat(chunks).hasSize(4);
    assertThat(chunks.getFirst().at("/choices/0/delta/role").asString()).isEqualTo("assistant");
    assertThat(chunks.getLast().at("/choices/0/finish_reason").asString()).isEqualTo("stop");
    assertThat(chunks).allSatisfy(chunk -> assertThat(chunk.has("usage")).isFalse());
  }

  @Test
  void a_chat_stream_carries_its_usage_in_a_last_chunk_when_asked() {
    var asked = ",\"stream\":true,\"stream_options\":{\"include_usage\":true}";
    var chunks = events(client.chat(chat("Hello [[tokens=2]]", asked)));

    assertThat(chunks.getLast().path("choices")).isEmpty();
    assertThat(chunks.getLast().at("/usage/completion_tokens").asInt()).isEqualTo(2);
    assertThat(chunks.subList(0, chunks.size() - 1))
        .allSatisfy(chunk -> assertThat(chunk.get("usage").isNull()).isTrue());
  }

  @Test
  void a_chat_cut_by_max_tokens_finishes_with_length() {
    var completion = json(client.chat(chat("[[tokens=9]]", ",\"max_tokens\":4")));

    assertThat(completion.at("/choices/0/finish_reason").asString()).isEqualTo("length");
    assertThat(completion.at("/usage/completion_tokens").asInt()).isEqualTo(4);
  }

  private static String tierServed(String asked) {
    var events = events(client.responses(streaming("[[tokens=1]]", asked)));
    return events.getLast().at("/response/service_tier").asString();
  }

  private static List<String> types(List<JsonNode> events) {
    return events.stream().map(event -> event.path("type").asString()).toList();
  }

  private static String streaming(String input, String more) {
    return "{\"model\":\"gpt-4o-mini\",\"stream\":true,\"input\":\"" + input + "\"" + more + "}";
  }

  private static String chat(String content, String more) {
    return "{\"model\":\"gpt-4o-mini\",\"messages\":[{\"role\":\"user\",\"content\":\""
        + content
        + "\"}]"
        + more
        + "}";
  }
}
