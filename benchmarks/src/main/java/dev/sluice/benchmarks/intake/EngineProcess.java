package dev.sluice.benchmarks.intake;

import dev.sluice.benchmarks.Run;
import dev.sluice.common.topic.Lane;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.List;

/** An engine at work in a JVM of its own, with the heap that the stack gives a worker. */
final class EngineProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;

  private EngineProcess(Process process) {
    this.process = process;
    this.output = process.inputReader();
  }

  /**
   * Returns when it is busy.
   *
   * @param busy how many requests it must have begun
   */
  static EngineProcess start(Run run, Engine engine, String kafka, Lane lane, int busy) {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var command =
        List.of(
            java,
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED",
            "-Xmx384m",
            "-cp",
            System.getProperty("java.class.path"),
            EngineMain.class.getName(),
            engine.name(),
            kafka,
            lane.pool(),
            Integer.toString(busy),
            run.home().toString());
    try {
      var started =
          new EngineProcess(new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
      if (!EngineMain.BUSY.equals(started.output.readLine())) {
        started.close();
        throw new IllegalStateException(engine.label() + " did not start; its log is above");
      }
      return started;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  long pid() {
    return process.pid();
  }

  /** Ends it, and tells what it has worked on. */
  List<Worked> end() {
    try {
      process.getOutputStream().close();
      return output.lines().map(Worked::parse).toList();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
