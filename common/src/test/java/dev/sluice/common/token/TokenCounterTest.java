package dev.sluice.common.token;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Base64;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Execution(ExecutionMode.CONCURRENT)
class TokenCounterTest {
  private static final JsonMapper JSON = new JsonMapper();

  /** The example of the cookbook's "How to count tokens with tiktoken", section 7. */
  private static final String WEATHER =
      """
      {"instructions":"You are a helpful assistant that can answer to questions about the weather.",
       "input":"What's the weather like in San Francisco?",
       "tools":[{"type":"function","name":"get_current_weather",
        "description":"Get the current weather in a given location",
        "parameters":{"type":"object","required":["location"],"properties":{
         "location":{"type":"string","description":"The city and state, e.g. San Francisco, CA"},
         "unit":{"type":"string","description":"The unit of temperature to return","enum":["celsius","fahrenheit"]}
        }}}]}
      """;

  /** Of section 4 of the same: 8 tokens of o200k_base, 9 of cl100k_base. */
  private static final String BIRTHDAY = "お誕生日おめでとう";

  private final TokenCounter counter = new TokenCounter();

  @Test
  void text_is_counted_with_the_models_encoding() {
    assertThat(counter.count("gpt-3.5-turbo", "tiktoken is great!")).isEqualTo(6);
    assertThat(counter.count("gpt-4o", "tiktoken is great!")).isEqualTo(6);
    assertThat(counter.count("a-model-of-tomorrow", "tiktoken is great!")).isEqualTo(6);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpt-4o",
        "gpt-4o-mini-2024-07-18",
        "gpt-4.1-nano",
        "gpt-5.4",
        "o3-mini",
        "ft:gpt-4.1:a:b:c",
        "a-model-of-tomorrow"
      })
  void a_newer_model_is_counted_with_the_newer_encoding(String model) {
    assertThat(counter.count(model, BIRTHDAY)).isEqualTo(8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt-4", "gpt-4-turbo", "gpt-3.5-turbo-0125", "ft:gpt-3.5-turbo:a::b"})
  void an_older_model_is_counted_with_the_older_encoding(String model) {
    assertThat(counter.count(model, BIRTHDAY)).isEqualTo(9);
  }

  @Test
  void a_model_of_no_known_family_counts_a_tenth_more() {
    var body = json("{'input':'%s'}".formatted("word ".repeat(1_000)));
    long known = counter.count("gpt-4o", body).input();
    assertThat(counter.count("a-model-of-tomorrow", body).input())
        .isBetween(known * 11 / 10, known * 11 / 10 + 2);
  }

  @ParameterizedTest
  @CsvSource({"gpt-4o, 101", "gpt-4o-mini, 101", "gpt-4, 105", "gpt-3.5-turbo, 105"})
  void messages_and_functions_count_what_the_provider_says(String model, int tokens) {
    assertThat(counter.count(model, JSON.readTree(WEATHER)).input()).isEqualTo(tokens);
  }

  @Test
  void messages_cost_what_stands_around_them() {
    assertThat(input("{'input':[{'role':'user','content':'tiktoken is great!'}]}"))
        .isEqualTo(3 + 4 + 6);
    assertThat(input("{'input':[{'role':'user','name':'kim','content':'tiktoken is great!'}]}"))
        .isEqualTo(3 + 4 + 6 + 2);
  }

  @Test
  void a_string_is_a_users_message() {
    assertThat(input("{'input':'tiktoken is great!'}"))
        .isEqualTo(input("{'input':[{'role':'user','content':'tiktoken is great!'}]}"))
        .isEqualTo(
            input(
                "{'input':[{'type':'message','id':'msg_1','status':'completed','role':'user','content':[{'type':'input_text','text':'tiktoken is great!'}]}]}"));
  }

  @Test
  void calls_and_their_outputs_are_read() {
    long call =
        input(
            "{'input':[{'type':'function_call','id':'fc_1','call_id':'call_1','name':'sea','arguments':'{}','status':'completed'}]}");
    assertThat(call).isEqualTo(3 + 3 + 1 + 1);
    long output =
        input(
            "{'input':[{'type':'function_call_output','call_id':'call_1','output':'%s'}]}"
                .formatted("salt ".repeat(500)));
    assertThat(output).isBetween(506L, 512L);
    assertThat(
            input(
                "{'input':[{'type':'function_call_output','call_id':'call_1','output':[{'type':'input_text','text':'%s'}]}]}"
                    .formatted("salt ".repeat(500))))
        .isEqualTo(output);
  }

  @Test
  void an_item_of_an_unknown_type_counts_the_names_of_its_fields_too() {
    assertThat(input("{'input':[{'type':'tide_call','moon':{'phase_of_it':'full'}}]}"))
        .isGreaterThan(3 + 3 + 4);
  }

  @Test
  void encrypted_reasoning_counts_by_its_length() {
    assertThat(
            input(
                "{'input':[{'type':'reasoning','id':'rs_1','summary':[],'encrypted_content':'%s'}]}"
                    .formatted("A".repeat(4_000))))
        .isEqualTo(3 + 3 + 1_000);
  }

  @Test
  void the_format_of_the_answer_and_nested_schemas_are_read() {
    var schema =
        "{'type':'object','properties':{'tides':{'type':'array','items':{'anyOf':[{'type':'object','properties':{'height':{'type':'number','description':'%s'}}}]}}}}"
            .formatted("metres ".repeat(100));
    long format =
        input(
            "{'input':'hi','text':{'format':{'type':'json_schema','name':'t','schema':%s}}}"
                .formatted(schema));
    long tool =
        input(
            "{'input':'hi','tools':[{'type':'function','name':'t','parameters':%s}]}"
                .formatted(schema));
    assertThat(format).isBetween(110L, 300L);
    assertThat(tool).isBetween(110L, 300L);
  }

  @Test
  void the_charge_is_the_larger_of_the_output_limit_and_the_estimate() {
    assertThat(count("{'input':'hi','max_output_tokens':900}").charge()).isEqualTo(900);
    var text = "word ".repeat(4_000);
    assertThat(count("{'input':'%s','max_output_tokens':900}".formatted(text)).charge())
        .isEqualTo(5_001);
  }

  @Test
  void special_tokens_in_a_prompt_are_plain_text() {
    assertThat(input("{'input':'<|endoftext|>'}")).isGreaterThan(3 + 4 + 3);
  }

  @ParameterizedTest
  @CsvSource({
    // Examples and tables of the guide "Images and vision"
    "gpt-4o,        1024, 1024, high, 765",
    "gpt-4o,        1024, 1024, auto, 765",
    "gpt-4o,        2048, 4096, high, 1105",
    "gpt-4o,        4096, 8192, low,  85",
    "gpt-4o,        128,  64,   high, 255",
    "gpt-4.1,       1024, 1024, high, 765",
    "gpt-4o-mini,   1024, 1024, high, 25501",
    "gpt-4o-mini,   1024, 1024, low,  2833",
    "gpt-5,         1024, 1024, high, 630",
    "gpt-5-chat-latest, 1024, 1024, high, 630",
    "o1,            1024, 1024, high, 675",
    "o3,            1024, 1024, high, 675",
    "gpt-4.1-mini,  1024, 1024, high, 1659",
    "gpt-4.1-nano-2025-04-14, 1024, 1024, high, 2520",
    "o4-mini,       1024, 1024, high, 1762",
    "gpt-4.1-mini,  9000, 9000, high, 2489",
    "gpt-5.4,       9000, 9000, original, 24600"
  })
  void an_image_costs_what_the_guide_says(
      String model, int width, int height, String detail, long tokens) {
    var image = "data:image/png;base64," + Base64.getEncoder().encodeToString(png(width, height));
    assertThat(imageTokens(model, image, detail)).isEqualTo(tokens);
  }

  @ParameterizedTest
  @MethodSource("images")
  void the_size_stands_in_the_head_of_the_data(byte[] data) {
    var url = "data:image/x;base64," + Base64.getEncoder().encodeToString(data);
    assertThat(ImageSize.ofUrl(url)).contains(new ImageSize(640, 480));
  }

  static Stream<byte[]> images() {
    return Stream.of(
        png(640, 480),
        bytes("GIF89a", 0x80, 2, 0xE0, 1, 0, 0),
        // A segment with a thumbnail's size in it, then the frame
        bytes(
            "", 0xFF, 0xD8, 0xFF, 0xE1, 0, 6, 0xFF, 0xC0, 0, 0, 0xFF, 0xC2, 0, 17, 8, 1, 0xE0, 2,
            0x80, 3),
        bytes("RIFF....WEBPVP8 ....", 0, 0, 0, 0x9D, 1, 0x2A, 0x80, 2, 0xE0, 1),
        bytes("RIFF....WEBPVP8L....", 0x2F, 0x7F, 0xC2, 0x77, 0),
        bytes("RIFF....WEBPVP8X....", 0, 0, 0, 0, 0x7F, 2, 0, 0xDF, 1, 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://example.com/sea.png",
        "data:image/png;base64,",
        "data:image/png;base64,AAAA",
        "data:image/jpeg;base64,/9j/4AAQSkZJRgABAQAAAQABAAD/////////////////////////////",
        "data:image/png",
        "data:;base64,====================================================="
      })
  void an_image_of_unknown_size_costs_what_the_largest_does(String url) {
    assertThat(imageTokens("gpt-4o", url, "auto")).isEqualTo(85 + 8 * 170);
    assertThat(imageTokens("gpt-4.1-nano", url, "auto")).isEqualTo(3_779);
  }

  @Test
  void an_images_data_is_no_text() {
    var image =
        "{'input':[{'role':'user','content':[{'type':'input_image','detail':'low','image_url':'data:%s'}]}]}"
            .formatted("A".repeat(10_000));
    assertThat(counter.count("gpt-4o", json(image)).charge()).isLessThan(100);
  }

  @Test
  void files_and_audio_are_estimated() {
    assertThat(part("{'type':'input_file','file_id':'file_1'}")).isEqualTo(20_000);
    var data = Base64.getEncoder().encodeToString(new byte[9_000]);
    assertThat(part("{'type':'input_file','filename':'a.pdf','file_data':'%s'}".formatted(data)))
        .isEqualTo(4_501);
    assertThat(part("{'type':'input_file','filename':'a.CSV','file_data':'%s'}".formatted(data)))
        .isEqualTo(3_001);
    assertThat(
            part(
                "{'type':'input_audio','input_audio':{'format':'mp3','data':'%s'}}"
                    .formatted(data)))
        .isEqualTo(23);
  }

  @Test
  void a_count_is_the_sum_of_its_parts() {
    var body =
        json(
            "{'instructions':'Be brief.','input':[{'role':'user','content':'hi'},{'role':'assistant','content':'Hello! How are you?'}]}");
    var sum = counter.frame("gpt-4o-mini", body);
    for (var item : body.path("input")) sum = sum.plus(counter.item("gpt-4o-mini", item));
    assertThat(counter.count(sum, body)).isEqualTo(counter.count("gpt-4o-mini", body));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt-4", "gpt-4o"})
  void half_a_character_is_counted_as_one_that_cannot_be_read(String model) {
    assertThat(counter.count(model, "salt \ud83d water \udca7"))
        .isEqualTo(counter.count(model, "salt \ufffd water \ufffd"));
    assertThat(counter.count(model, "salt \ud83d\udca7")).isPositive();
  }

  @Test
  void no_depth_overflows_the_stack() {
    JsonNode deep = JSON.createObjectNode().put("text", "salt");
    JsonNode schema = JSON.createObjectNode().put("type", "string");
    for (int i = 0; i < 200_000; i++) {
      deep = JSON.createArrayNode().add(JSON.createObjectNode().set("content", deep));
      schema = JSON.createObjectNode().set("items", schema);
    }
    var body = JSON.createObjectNode();
    body.putArray("input").addObject().put("role", "user").set("content", deep);
    body.putArray("tools").addObject().put("type", "function").set("parameters", schema);
    assertThat(counter.count("gpt-4o", body).input()).isGreaterThan(200_000);
  }

  static Stream<Arguments> hostileTexts() {
    var random = new Random(1);
    int length = 786_432; // the largest body that is admitted
    return Stream.of(
            "a".repeat(length),
            " ".repeat(length) + "x",
            " \n".repeat(length / 2),
            "'".repeat(length),
            "\ud800".repeat(length),
            random(random, length, "abcdefghijklmnopqrstuvwxyz"),
            random(random, length, "!#$%&()*+,-./:;<=>?@^_`{|}~"),
            random(random, length, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
            random(random, length, "海水はしょっぱいのだろうか塩鹹潮汐波浪"),
            random(random, length, "\u0300\u0301\u0302\u0303\u0489"))
        .flatMap(text ->
            Stream.of("gpt-4", "gpt-4o")
                .map(model -> Arguments.of(model, text.substring(0, 4), text)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("hostileTexts")
  void a_text_without_words_takes_no_quadratic_time(String model, String start, String text) {
    // Takes a second or less; with a merge that looks at every pair for every merge, minutes
    assertTimeoutPreemptively(
        Duration.ofSeconds(30), () -> assertThat(counter.count(model, text)).isPositive());
  }

  private static String random(Random random, int length, String alphabet) {
    var text = new StringBuilder();
    for (int i = 0; i < length; i++)
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    return text.toString();
  }

  private static byte[] png(int width, int height) {
    return ByteBuffer.allocate(40)
        .putLong(0x89504E470D0A1A0AL)
        .putInt(13)
        .put("IHDR".getBytes(US_ASCII))
        .putInt(width)
        .putInt(height)
        .array();
  }

  /** Padded, as an image goes on after its head. */
  private static byte[] bytes(String head, int... more) {
    var data = new byte[64];
    IntStream.range(0, head.length()).forEach(i -> data[i] = (byte) head.charAt(i));
    IntStream.range(0, more.length).forEach(i -> data[head.length() + i] = (byte) more[i]);
    return data;
  }

  @Test
  void the_providers_rule_goes_by_characters_and_the_answers_limit() {
    var prose = "{'input':'%s'}".formatted("characteristically ".repeat(100));
    assertThat(counter.leastCharge(json(prose))).isEqualTo(count(prose).charge());
    var code =
        "{'instructions':'1','input':[{'role':'user','content':'%s'}]}".formatted("{}".repeat(100));
    assertThat(counter.leastCharge(json(code))).isEqualTo(53); // of 209;
    assertThat(count(code).charge()).isGreaterThan(counter.leastCharge(json(code)));
    var limited = "{'max_output_tokens':900,'input':'one'}";
    assertThat(counter.leastCharge(json(limited))).isEqualTo(900);
  }

  private long imageTokens(String model, String url, String detail) {
    var part = "{'type':'input_image','detail':'%s','image_url':'%s'}".formatted(detail, url);
    return messageWith(model, part) - messageWith(model, null);
  }

  private long part(String part) {
    return messageWith("gpt-4o", part) - messageWith("gpt-4o", null);
  }

  private long messageWith(String model, @Nullable String part) {
    return counter
        .count(
            model,
            json("{'input':[{'role':'user','content':[%s]}]}".formatted(part == null ? "" : part)))
        .input();
  }

  private long input(String body) {
    return count(body).input();
  }

  private TokenCounter.Count count(String body) {
    return counter.count("gpt-4o-mini", json(body));
  }

  private static JsonNode json(String body) {
    return JSON.readTree(body.replace('\'', '"'));
  }
}
