package dev.sluice.localstack.command;

import dev.sluice.localstack.LocalStack;
import dev.sluice.localstack.StackFile;
import dev.sluice.localstack.process.Signal;
import java.nio.file.Path;
import java.time.Duration;

/** Stops the stack of a data folder, or what a killed one left running. */
final class DownCommand {

  private static final Duration GRACE = Duration.ofSeconds(90);

  private final Path data;

  DownCommand(Path data) {
    this.data = data;
  }

  int run(Arguments arguments) {
    arguments.requireNoMore();
    var file = StackFile.read(data);
    if (file.isEmpty()) {
      System.out.println("Sluice is not running");
      return 0;
    }
    file.get().stack().end(Signal.TERM, GRACE);
    LocalStack.endOrphans(data);
    System.out.println("Sluice is stopped; its data stays in " + data);
    return 0;
  }
}
