package dev.sluice.localstack.command;

import dev.sluice.localstack.process.Commands;
import dev.sluice.localstack.process.Forks;
import dev.sluice.localstack.process.LogFile;
import dev.sluice.localstack.process.Signal;
import dev.sluice.localstack.process.StackException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code up} in the background: starts it, repeats what it prints until it is ready, and leaves.
 */
final class DetachedUp {

  private static final Duration POLL_EVERY = Duration.ofMillis(50);

  private final Path home;
  private final Path data;

  DetachedUp(Path home, Path data) {
    this.home = home;
    this.data = data;
  }

  /**
   * @param words of the command line after {@code up}
   */
  int run(List<String> words) {
    var log = LogFile.begin(data.resolve("logs").resolve("sluice.log"));
    try {
      var up = launch(words, log);
      // Whoever interrupts the start wants no stack in the background.
      var interrupted = new Thread(() -> Signal.TERM.send(up.pid()), "interrupted");
      Runtime.getRuntime().addShutdownHook(interrupted);
      int code = follow(up, log);
      Runtime.getRuntime().removeShutdownHook(interrupted);
      return code;
    } catch (IOException e) {
      throw new StackException("cannot start in the background: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StackException("interrupted", e);
    }
  }

  private Process launch(List<String> words, LogFile log) throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                Commands.java(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Dsluice.home=" + home,
                "-cp",
                Commands.classPath(),
                SluiceCommand.class.getName(),
                "up"));
    command.addAll(words.stream().filter(word -> !word.equals("--detach")).toList());
    var process =
        Forks.start(
            new ProcessBuilder(Commands.apart(command))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.path().toFile())));
    process.getOutputStream().close();
    return process;
  }

  private static int follow(Process up, LogFile log) throws InterruptedException {
    int printed = 0;
    while (true) {
      boolean ended = !up.isAlive(); // asked before reading: then nothing is missed
      var lines = log.lines();
      for (var line : lines.subList(printed, lines.size())) {
        System.out.println(line);
        if (line.startsWith(UpCommand.READY)) {
          return 0;
        }
      }
      printed = lines.size();
      if (ended) {
        return up.exitValue() == 0 ? 1 : up.exitValue();
      }
      Thread.sleep(POLL_EVERY);
    }
  }
}
