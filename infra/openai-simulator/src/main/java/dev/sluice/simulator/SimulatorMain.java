package dev.sluice.simulator;

/** Runs a simulator until the process is stopped. */
public final class SimulatorMain {
  private static final String HELP =
      """
      Usage: SimulatorMain [--port N] [--host ADDRESS] [--tier free|tier-1..tier-5]
                           [--first-token-ms N] [--between-tokens-ms N] [--allow-unknown-parameters]
        --port N      port to listen on; 0 (default) for any free one
        --host A      address to listen on; default 127.0.0.1
        --tier T      whose limits hold at the start; default tier-1
      """;

  private SimulatorMain() {}

  public static void main(String[] arguments) {
    if (String.join(" ", arguments).contains("--help")) {
      System.out.print(HELP);
      return;
    }
    try {
      var simulator = OpenAiSimulator.start(options(arguments));
      Runtime.getRuntime().addShutdownHook(new Thread(simulator::close, "simulator-shutdown"));
      System.out.println("Simulator is ready: " + simulator.url());
    } catch (IllegalArgumentException | java.io.UncheckedIOException wrong) {
      System.err.println(wrong.getMessage());
      System.err.print(HELP);
      System.exit(2);
    }
  }

  static SimulatorOptions options(String... arguments) {
    var options = SimulatorOptions.defaults();
    var firstTokenMs = options.latency().firstTokenMs();
    var betweenTokensMs = options.latency().betweenTokensMs();
    for (int i = 0; i < arguments.length; i++) {
      var name = arguments[i];
      if (name.equals("--allow-unknown-parameters")) {
        options = options.withUnknownParametersAllowed();
        continue;
      }
      if (++i == arguments.length) {
        throw new IllegalArgumentException(name + " needs a value");
      }
      var value = arguments[i];
      switch (name) {
        case "--port" -> options = options.withPort(number(name, value));
        case "--host" -> options = options.withHost(value);
        case "--tier" -> options = options.withTier(value);
        case "--first-token-ms" -> firstTokenMs = number(name, value);
        case "--between-tokens-ms" -> betweenTokensMs = number(name, value);
        default -> throw new IllegalArgumentException("unknown argument " + name);
      }
    }
    return options.withLatency(firstTokenMs, betweenTokensMs, 0);
  }

  private static int number(String name, String value) {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException notANumber) {
      throw new IllegalArgumentException("set " + name + " to a number, not " + value, notANumber);
    }
  }
}
