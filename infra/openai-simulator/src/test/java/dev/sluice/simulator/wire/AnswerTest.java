package dev.sluice.simulator.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AnswerTest {
  @Test
  void the_same_prompt_gives_the_same_text() {
    var first = Answer.to(asking("Why is the sky blue?"), 0);
    var second = Answer.to(asking("Why is the sky blue?"), 0);

    assertThat(first.tokens()).isEqualTo(second.tokens()).hasSizeBetween(48, 143);
  }

  @Test
  void a_directive_chooses_the_exact_length_and_is_not_echoed() {
    var answer = Answer.to(asking("Tell me [[tokens=200]] a story"), 0);

    assertThat(answer.tokens()).hasSize(200);
    assertThat(String.join("", answer.tokens())).contains("Tell me").doesNotContain("[[");
    assertThat(answer.isComplete()).isTrue();
  }

  @Test
  void a_limit_cuts_the_text() {
    var answer = Answer.to(asking("[[tokens=200]]"), 20);

    assertThat(answer.tokens()).hasSize(20);
    assertThat(answer.isComplete()).isFalse();
  }

  @Test
  void a_text_as_long_as_the_limit_is_complete() {
    assertThat(Answer.to(asking("[[tokens=20]]"), 20).isComplete()).isTrue();
  }

  @Test
  void the_tokens_are_the_words_of_the_text() {
    var answer = Answer.to(asking("[[tokens=77]] words"), 0);

    assertThat(String.join("", answer.tokens()).split("\\s+")).hasSize(77);
  }

  private static Prompt asking(String question) {
    var prompt = new Prompt();
    prompt.message("user", question);
    return prompt;
  }
}
