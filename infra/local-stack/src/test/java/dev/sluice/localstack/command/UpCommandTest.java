package dev.sluice.localstack.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.localstack.OpenAiAccess;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UpCommandTest {

  @Test
  void a_key_means_the_real_provider() {
    assertThat(UpCommand.access(Map.of("OPENAI_API_KEY", "sk-1")))
        .contains(new OpenAiAccess("https://api.openai.com/v1", "sk-1"));
  }

  @Test
  void the_providers_address_may_be_another() {
    var access =
        UpCommand.access(
            Map.of("OPENAI_API_KEY", "sk-1", "OPENAI_BASE_URL", "https://eu.api.openai.com/v1"));

    assertThat(access).contains(new OpenAiAccess("https://eu.api.openai.com/v1", "sk-1"));
  }

  @Test
  void no_key_or_an_empty_one_means_the_simulator() {
    assertThat(UpCommand.access(Map.of())).isEmpty();
    assertThat(UpCommand.access(Map.of("OPENAI_API_KEY", " "))).isEmpty();
  }

  @Test
  void a_key_is_never_printed() {
    assertThat(new OpenAiAccess("https://api.openai.com/v1", "sk-1").toString())
        .doesNotContain("sk-1");
  }
}
