package dev.sluice.common.trim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContextLimitTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens. Please reduce the length of the messages. | 8192 | 9000 | true
          This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens (8900 in the messages, 100 in the functions). | 8192 | 9000 | true
          This model's maximum context length is 4097 tokens. However, you requested 5360 tokens (1360 in the messages, 4000 in the completion). | 4097 | 1360 | true
          This model's maximum context length is 4097 tokens, however you requested 5360 tokens (1360 in your prompt; 4000 for the completion). | 4097 | 1360 | true
          Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 280000 tokens. Please reduce the length of the messages. | 272000 | 280000 | false
          This model's maximum context length is 1,047,576 tokens. | 1047576 | 0 | true
          """)
  void the_providers_sentences_are_read(String message, long limit, long input, boolean holds) {
    assertThat(ContextLimit.in(message)).hasValue(new ContextLimit(limit, input, holds));
  }

  @Test
  void a_sentence_without_a_figure_says_nothing() {
    assertThat(ContextLimit.in("Your input exceeds the context window of this model.")).isEmpty();
    assertThat(ContextLimit.in(null)).isEmpty();
  }
}
