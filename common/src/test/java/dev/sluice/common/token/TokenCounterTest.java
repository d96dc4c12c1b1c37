package dev.sluice.common.token;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class TokenCounterTest {
  private final TokenCounter counter = new TokenCounter();
  private final JsonMapper json = new JsonMapper();

  @Test
  void text_is_counted_with_the_models_encoding() {
    assertThat(counter.count("gpt-3.5-turbo", "tiktoken is great!")).isEqualTo(6);
    assertThat(counter.count("gpt-4o", "tiktoken is great!")).isEqualTo(6);
    assertThat(counter.count("a-model-of-tomorrow", "tiktoken is great!")).isEqualTo(6);
  }

  @Test
  void each_message_costs_its_overhead() {
    var text = count("{\"input\":\"tiktoken is great!\"}");
    var message = count("{\"input\":[{\"role\":\"user\",\"content\":\"tiktoken is great!\"}]}");
    assertThat(message.input() - text.input()).isEqualTo(4); // the role's own token and 3
  }

  @Test
  void the_charge_is_the_larger_of_the_output_limit_and_the_estimate() {
    assertThat(count("{\"input\":\"hi\",\"max_output_tokens\":900}").charge()).isEqualTo(900);
    var text = "word ".repeat(4_000);
    assertThat(count("{\"input\":\"" + text + "\",\"max_output_tokens\":900}").charge())
        .isEqualTo(5_000);
  }

  @Test
  void special_tokens_in_a_prompt_are_plain_text() {
    assertThat(count("{\"input\":\"<|endoftext|>\"}").input()).isGreaterThan(4);
  }

  @Test
  void an_images_data_is_no_text() {
    var image =
        "{\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_image\",\"image_url\":\"data:%s\"}]}]}"
            .formatted("A".repeat(10_000));
    assertThat(count(image).charge()).isLessThan(50);
  }

  private TokenCounter.Count count(String body) {
    return counter.count("gpt-4o-mini", json.readTree(body));
  }
}
