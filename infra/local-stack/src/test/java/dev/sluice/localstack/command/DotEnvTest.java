package dev.sluice.localstack.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DotEnvTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "KEY=sk-1          | sk-1",
        "  KEY = sk-1      | sk-1",
        "export KEY=sk-1   | sk-1",
        "KEY=\"a b\"       | a b",
        "KEY='a#b' # mine  | a#b",
        "KEY=sk-1 # mine   | sk-1",
        "KEY=a=b           | a=b",
      })
  void a_value_is_read_as_a_shell_would(String line, String value) {
    assertThat(DotEnv.parse(List.of(line))).isEqualTo(Map.of("KEY", value));
  }

  @Test
  void comments_and_other_lines_are_passed_over() {
    assertThat(DotEnv.parse(List.of("# KEY=1", "", "nonsense", "=1"))).isEmpty();
  }

  @Test
  void a_missing_file_says_nothing() {
    assertThat(DotEnv.read(Path.of("no-such-folder", ".env"))).isEmpty();
  }
}
