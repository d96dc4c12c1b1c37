package dev.sluice.localstack.program;

import dev.sluice.localstack.process.Commands;
import dev.sluice.localstack.process.LogFile;
import dev.sluice.simulator.SimulatorMain;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The OpenAI simulator: the provider when there is no key, and in every test.
 *
 * @param tier whose limits it enforces at the start
 */
public record SimulatorProgram(
    int port, String tier, boolean quickStart, Map<String, String> environment) implements Program {

  @Override
  public PartKind kind() {
    return PartKind.SIMULATOR;
  }

  /** Without {@code /v1}: its control paths live at the root. */
  @Override
  public String url() {
    return "http://127.0.0.1:" + port;
  }

  @Override
  public Process launch(LogFile log) throws IOException {
    var options = new ArrayList<>(List.of("-Xmx384m"));
    if (quickStart) {
      options.addAll(Child.QUICK_START);
    }
    options.addAll(List.of("-cp", Commands.classPath()));
    return Child.launchJvm(
        options,
        List.of(SimulatorMain.class.getName(), "--port", Integer.toString(port), "--tier", tier),
        environment,
        log);
  }

  @Override
  public boolean isReady(LogFile log) {
    return log.contains("Simulator is ready: ");
  }
}
