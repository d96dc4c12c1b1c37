package dev.sluice.benchmarks;

import dev.sluice.localstack.StackOptions;
import java.nio.file.Path;

/**
 * How a benchmark is to be run.
 *
 * @param home root of the repository
 * @param data folder for the stack's data; removed when the benchmark ends
 * @param quick whether shorter phases will do: the same claims with wider error
 */
public record Run(Path home, Path data, boolean quick) {
  /** A stack at full speed, not one that saves its start-up. */
  public StackOptions.Builder stack() {
    return StackOptions.in(data).home(home).quickStart(false).progress(this::say);
  }

  /** Tells the person who waits. */
  @SuppressWarnings("SystemOut") // a command's output
  public void say(String line) {
    System.out.println(line);
  }
}
