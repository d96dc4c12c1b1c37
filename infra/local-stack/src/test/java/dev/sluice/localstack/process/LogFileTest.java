package dev.sluice.localstack.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {

  @TempDir Path folder;

  @Test
  void only_the_present_run_is_read() throws IOException {
    var path = Files.writeString(folder.resolve("a.log"), "is ready\n");
    var log = LogFile.begin(path);
    Files.writeString(path, "starting\n", StandardOpenOption.APPEND);

    assertThat(log.lines()).containsExactly("starting");
  }

  @Test
  void the_cause_is_found_above_its_stack_trace() throws IOException {
    var log = LogFile.begin(folder.resolve("a.log"));
    Files.writeString(
        log.path(),
        """
        INFO starting
        ERROR no such database
        \tat dev.sluice.Main
        \t... 12 more

        INFO bye
        """);

    assertThat(log.lastMeaningfulLine()).isEqualTo("ERROR no such database");
  }

  @Test
  void without_any_trouble_the_last_line_is_told() throws IOException {
    var log = LogFile.begin(folder.resolve("a.log"));
    Files.writeString(log.path(), "one\ntwo\n\n");

    assertThat(log.lastMeaningfulLine()).isEqualTo("two");
  }

  @Test
  void of_a_structured_line_the_message_is_told() throws IOException {
    var log = LogFile.begin(folder.resolve("a.log"));
    Files.writeString(
        log.path(),
        """
        {"level":"ERROR","message":"No database","logger":"x"}
        {"level":"INFO","message":"Bye","logger":"x"}
        """);

    assertThat(log.lastMeaningfulLine()).isEqualTo("No database");
  }

  @Test
  void a_silent_child_is_said_to_be_silent() {
    assertThat(LogFile.begin(folder.resolve("a.log")).lastMeaningfulLine())
        .isEqualTo("nothing was logged");
  }
}
