package dev.sluice.localstack.command;

import dev.sluice.localstack.process.StackException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The Java half of {@code ./sluice}: a running stack, and what can be known without one. */
public final class SluiceCommand {

  private static final int FAILED = 1;

  private SluiceCommand() {}

  /** The system property {@code sluice.home} names the root of the repository. */
  public static void main(String[] args) {
    // exit, not return: the stack's parts must not keep the JVM alive after a failure
    System.exit(run(List.of(args), Path.of(System.getProperty("sluice.home", ""))));
  }

  /** The exit code. */
  static int run(List<String> words, Path home) {
    try {
      return dispatch(new ArrayList<>(words), home.toAbsolutePath());
    } catch (StackException e) {
      System.err.println("sluice: " + e.sentence());
      return FAILED;
    } catch (UncheckedIOException e) { // a full disk, a folder without permission
      System.err.println("sluice: " + e.getMessage());
      return FAILED;
    }
  }

  private static int dispatch(List<String> words, Path home) {
    var command = words.isEmpty() ? "help" : words.removeFirst();
    var arguments = new Arguments(words);
    var data = arguments.value("--data").map(Path::of).orElse(home.resolve(".sluice"));
    return switch (command) {
      case "up" -> new UpCommand(home, data).run(words, arguments);
      case "down" -> new DownCommand(data).run(arguments);
      case "status" -> new StatusCommand(data).run(arguments);
      case "token" -> new TokenCommand(data).run(arguments);
      case "plan" -> new PlanCommand().run(arguments);
      default -> throw new StackException("what is %s? ./sluice help".formatted(command));
    };
  }
}
