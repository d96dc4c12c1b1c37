package dev.sluice.benchmarks.intake;

import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.Priority;
import java.io.IOException;
import java.nio.file.Path;

/**
 * One engine in a JVM of its own. Prints a line when it is busy, works until its input ends, and
 * prints what it has worked on.
 */
final class EngineMain {
  static final String BUSY = "busy";

  private EngineMain() {}

  /**
   * @param arguments the engine, Kafka's address, the lane's pool, with how many requests begun it
   *     is busy, and the root of the repository
   */
  @SuppressWarnings("SystemOut") // it is what the parent reads
  public static void main(String[] arguments) throws IOException, InterruptedException {
    var work = new Work(Integer.parseInt(arguments[3]));
    var lane = new Lane(arguments[2], Priority.INTERACTIVE);
    Engine.valueOf(arguments[0]).start(arguments[1], lane, work, Path.of(arguments[4]));
    work.awaitBusy();
    System.out.println(BUSY);
    while (System.in.read() >= 0) {} // nothing is said to it
    var lines = new StringBuilder();
    work.requests().forEach(request -> lines.append(request.print()).append('\n'));
    System.out.print(lines);
    System.out.flush();
    Runtime.getRuntime().halt(0); // nobody goes on with its topic
  }
}
