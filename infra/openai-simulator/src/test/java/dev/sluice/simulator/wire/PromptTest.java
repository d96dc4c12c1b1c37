package dev.sluice.simulator.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PromptTest {
  @Test
  void the_estimate_is_a_token_for_each_four_characters_begun() {
    assertThat(prompt("12345678", "9").estimate()).isEqualTo(3);
  }

  @Test
  void the_usage_adds_four_tokens_a_message_and_three_for_the_answer() {
    assertThat(prompt("12345678", "9").inputTokens()).isEqualTo(3 + 2 * 4 + 3);
  }

  @Test
  void a_character_outside_the_basic_plane_counts_once() {
    assertThat(prompt("😀😀😀😀").estimate()).isEqualTo(1);
  }

  @Test
  void only_the_newest_question_gives_directives() {
    assertThat(prompt("[[tokens=9]]", "hello").directive("tokens")).isEqualTo(-1);
    assertThat(prompt("hello", "[[tokens=9]] [[tokens=10]]").directive("tokens")).isEqualTo(10);
  }

  @Test
  void a_beginning_of_1024_tokens_read_before_is_cached_in_steps_of_128() {
    var cache = new PromptCache();
    var document = "All work and no play. ".repeat(250); // 5,500 characters

    var first = cache.read("gpt-4o", prompt(document + "one"));
    var second = cache.read("gpt-4o", prompt(document + "two"));
    var other = cache.read("gpt-4o-mini", prompt(document + "two"));

    assertThat(first).isZero();
    assertThat(second).isEqualTo(1_280);
    assertThat(other).isZero();
  }

  @Test
  void a_short_prompt_is_never_cached() {
    var cache = new PromptCache();
    cache.read("gpt-4o", prompt("hello"));

    assertThat(cache.read("gpt-4o", prompt("hello"))).isZero();
  }

  @Test
  void a_directive_decides_what_is_cached_up_to_the_whole_input() {
    var prompt = prompt("[[cached=100]] " + "word ".repeat(100));

    assertThat(new PromptCache().read("gpt-4o", prompt)).isEqualTo(100);
    assertThat(new PromptCache().read("gpt-4o", prompt("[[cached=100]]"))).isEqualTo(11);
  }

  private static Prompt prompt(String... questions) {
    var prompt = new Prompt();
    for (var question : questions) {
      prompt.message("user", question);
    }
    return prompt;
  }
}
