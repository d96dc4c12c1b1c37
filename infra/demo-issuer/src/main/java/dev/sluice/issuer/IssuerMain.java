package dev.sluice.issuer;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;

/** Runs an issuer until the process is stopped. */
public final class IssuerMain {

  private static final String HELP =
      """
      Usage: IssuerMain --key FILE [--port N] [--host ADDRESS] [--url URL] [--audience SERVICE]
        --key FILE    where the signing key is kept; made at the first start
        --port N      port to listen on; 0 (default) for any free one
        --host A      address to listen on; default 127.0.0.1
        --url U       what tokens name as their issuer; default where it listens
        --audience S  the service that tokens are for; default sluice
      """;

  private IssuerMain() {}

  public static void main(String[] arguments) {
    if (String.join(" ", arguments).contains("--help")) {
      System.out.print(HELP);
      return;
    }
    try {
      var issuer = DemoIssuer.start(options(arguments), InstantSource.system());
      Runtime.getRuntime().addShutdownHook(new Thread(issuer::close, "issuer-shutdown"));
      System.out.println("Issuer is ready: " + issuer.url());
    } catch (IllegalArgumentException | UncheckedIOException wrong) {
      System.err.println(wrong.getMessage());
      System.err.print(HELP);
      System.exit(2);
    }
  }

  static IssuerOptions options(String... arguments) {
    var options = IssuerOptions.keyIn(Path.of(""));
    for (int i = 0; i < arguments.length; i += 2) {
      var name = arguments[i];
      if (i + 1 == arguments.length) {
        throw new IllegalArgumentException(name + " needs a value");
      }
      var value = arguments[i + 1];
      options =
          switch (name) {
            case "--key" -> options.withKeyFile(Path.of(value));
            case "--port" -> options.withPort(port(value));
            case "--host" -> options.withHost(value);
            case "--url" -> options.withUrl(value);
            case "--audience" -> options.withAudience(value);
            default -> throw new IllegalArgumentException("unknown argument " + name);
          };
    }
    if (options.keyFile().toString().isEmpty()) {
      throw new IllegalArgumentException("set --key to where the signing key is kept");
    }
    return options;
  }

  private static int port(String value) {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException notANumber) {
      throw new IllegalArgumentException("set --port to a number, not " + value, notANumber);
    }
  }
}
