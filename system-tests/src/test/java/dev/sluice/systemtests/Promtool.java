package dev.sluice.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Prometheus' own checker. Without it its tests are skipped, but never in CI. */
final class Promtool {
  private Promtool() {}

  /**
   * Runs it in {@code infra/prometheus}.
   *
   * @return what it said, and how it ended
   */
  static Result run(String... arguments) {
    var command = new ArrayList<>(List.of(find()));
    command.addAll(List.of(arguments));
    try {
      var process =
          new ProcessBuilder(command)
              .directory(Path.of("..", "infra", "prometheus").toFile())
              .redirectErrorStream(true)
              .start();
      var said = new String(process.getInputStream().readAllBytes(), UTF_8);
      return new Result(said, process.waitFor());
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  record Result(String said, int status) {}

  private static String find() {
    var named = System.getenv("SLUICE_PROMTOOL");
    if (named != null) return named;
    for (var folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
      if (Files.isExecutable(Path.of(folder, "promtool"))) return "promtool";
    var advice =
        "no promtool: install it (Debian: apt-get install prometheus) or set SLUICE_PROMTOOL";
    if (Boolean.parseBoolean(System.getenv("SLUICE_REQUIRE_PROMTOOL"))) return fail(advice);
    return abort(advice);
  }
}
