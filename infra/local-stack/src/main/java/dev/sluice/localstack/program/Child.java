package dev.sluice.localstack.program;

import dev.sluice.localstack.process.Commands;
import dev.sluice.localstack.process.Forks;
import dev.sluice.localstack.process.LogFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A child process of the stack, most of them JVMs. */
final class Child {

  private static final List<String> JDK_25 =
      List.of("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED");

  /** Less CPU to start, less speed later: right for trying out and testing, never for measuring. */
  static final List<String> QUICK_START = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  private static final List<String> PROVIDER_KEYS =
      List.of("OPENAI_API_KEY", "SLUICE_RECONCILIATION_ADMINKEY");

  private Child() {}

  /**
   * @param options of the JVM
   * @param program main class or {@code -jar X} with its arguments
   */
  static Process launchJvm(
      List<String> options, List<String> program, Map<String, String> environment, LogFile log)
      throws IOException {
    var command = new ArrayList<String>();
    command.add(Commands.java());
    command.addAll(JDK_25);
    command.addAll(options);
    command.addAll(program);
    return launch(command, environment, log);
  }

  /** Any other child; it too has no input and writes all that it prints to the log. */
  static Process launch(List<String> command, Map<String, String> environment, LogFile log)
      throws IOException {
    var builder = new ProcessBuilder(Commands.apart(command)).redirectErrorStream(true);
    // Only who is given one may have it
    PROVIDER_KEYS.forEach(builder.environment()::remove);
    builder.environment().putAll(environment);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.path().toFile()));
    var process = Forks.start(builder);
    process.getOutputStream().close();
    return process;
  }
}
